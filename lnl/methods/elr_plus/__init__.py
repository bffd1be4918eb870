"""ELR+: early-learning regularisation with two networks, weight averages and mixup."""
