"""CA2C: combined asymmetric co-learning and co-training."""
