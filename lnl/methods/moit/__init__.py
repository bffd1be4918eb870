"""MOIT: multi-objective interpolation training."""
