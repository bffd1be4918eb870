"""mixup: training on convex pairs."""
