"""RFL: robust feature learning."""
