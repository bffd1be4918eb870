"""Runs while they train: the manager, its workers, a run from its trainer into the store."""
