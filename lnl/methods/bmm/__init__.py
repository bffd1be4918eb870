"""BMM: small-loss selection by a beta mixture."""
