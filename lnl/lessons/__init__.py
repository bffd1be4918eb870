"""Guided experiments: a question, a run, what it showed, computed from its own records."""
