"""ProMix: maximising the utility of clean samples."""
