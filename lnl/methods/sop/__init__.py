"""SOP: sparse over-parameterisation."""
