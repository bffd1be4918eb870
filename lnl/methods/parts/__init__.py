"""What several methods share: pure functions on tensors, one idea a file."""
