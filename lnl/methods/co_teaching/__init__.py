"""Co-teaching and Co-teaching+."""
