"""ELR: early-learning regularisation."""
