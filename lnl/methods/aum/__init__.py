"""AUM: the area under the margin."""
