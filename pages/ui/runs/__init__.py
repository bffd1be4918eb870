"""What the page Runs alone uses."""
