"""PES: progressive early stopping."""
