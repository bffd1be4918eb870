"""Runs as files: exported, imported, checked value by value."""
