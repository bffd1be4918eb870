"""D2L: dimensionality-driven learning."""
