"""JoCoR: joint training with co-regularisation."""
