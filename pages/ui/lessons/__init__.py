"""What the page Lessons alone uses."""
