"""What surrounds every page: navigation, run bar, state, address, live parts."""
