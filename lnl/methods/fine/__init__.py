"""FINE, a wrapper over any method, and its two parts."""
