"""Joint Optimization."""
