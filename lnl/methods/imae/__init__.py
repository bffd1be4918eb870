"""IMAE: improved mean absolute error."""
