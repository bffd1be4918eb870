"""GMM: small-loss selection alone."""
