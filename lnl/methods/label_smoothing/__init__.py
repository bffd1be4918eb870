"""Label smoothing, positive and negative."""
