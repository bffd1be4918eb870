"""What the numbers on the screen mean: tensors of all samples in, plain figures out."""
