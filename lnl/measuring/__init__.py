"""Measurements of our own code: speed, costs of methods, published cells reproduced."""
