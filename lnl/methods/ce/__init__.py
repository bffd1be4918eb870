"""CE: cross entropy, the standard training."""
