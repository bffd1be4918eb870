"""DISC: dynamic instance-specific selection and correction."""
