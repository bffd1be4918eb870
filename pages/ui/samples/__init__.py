"""What the page Samples alone uses."""
