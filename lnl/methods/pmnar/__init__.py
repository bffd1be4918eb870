"""PMNAR and its parts."""
