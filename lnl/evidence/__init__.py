"""Numbers to compare with: published ones, our own reproductions, measured costs; no torch."""
