"""PES, semi-supervised: progressive early stopping before MixMatch."""
