"""GCE, and the same truncated."""
