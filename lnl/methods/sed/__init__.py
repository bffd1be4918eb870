"""SED: self-adaptive, class-balanced selection."""
