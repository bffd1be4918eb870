"""Runs side by side at an epoch: what Watch, Compare, Samples and Lessons share."""
