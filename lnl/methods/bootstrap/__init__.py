"""Bootstrapping, soft and hard."""
