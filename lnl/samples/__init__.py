"""The training samples of a run, read from the store: ranked, filtered, compared, restored."""
