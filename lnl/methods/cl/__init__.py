"""Confident learning: which labels are wrong, counted on samples that were not trained on."""
