"""NCT: noisy concurrent training."""
