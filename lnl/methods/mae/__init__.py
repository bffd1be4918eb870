"""MAE: the mean absolute error."""
