"""The set-up: data, label noise, methods, settings, as widgets."""
