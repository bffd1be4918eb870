"""A user's own rows of numbers: a data set of vectors in the place of images."""
