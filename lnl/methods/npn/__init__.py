"""NPN: partial-label and negative learning."""
