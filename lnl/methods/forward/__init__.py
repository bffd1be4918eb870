"""Loss correction by a transition matrix: forward and backward, known and estimated."""
