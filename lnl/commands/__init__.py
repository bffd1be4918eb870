"""What each command does; ``lnl.cli`` says which there are."""
