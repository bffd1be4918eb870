"""NLNL and its parts."""
