"""DivideMix: learning with noisy labels as semi-supervised learning."""
