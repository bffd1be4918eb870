"""What the page Methods alone uses."""
