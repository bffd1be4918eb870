"""Runs: the store that keeps them, the manager that trains them, and their exchange as files."""
