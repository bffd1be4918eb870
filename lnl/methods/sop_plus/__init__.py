"""SOP+: sparse over-parameterisation with consistency and class balance."""
