"""The methods that the first screen shows where nobody has said which."""

BASELINE = "ce"  # what every method is seen beside
FIRST_METHODS = (BASELINE, "selnlpl")
FIRST_LOSSES = (BASELINE, "nl", "ce-ar")  # of the loss explorer
