"""CORES²: confidence regularised sample sieve."""
