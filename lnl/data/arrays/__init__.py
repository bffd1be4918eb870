"""A user's own arrays: which is which, what their labels mean, on which scale their images are."""
