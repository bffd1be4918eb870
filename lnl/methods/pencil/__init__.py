"""PENCIL: labels as trained parameters."""
