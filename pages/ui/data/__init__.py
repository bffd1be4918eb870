"""What the page Data alone uses."""
