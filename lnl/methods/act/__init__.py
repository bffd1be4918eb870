"""ACT: asymmetric co-training."""
