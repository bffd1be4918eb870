"""PHuber: partially Huberised losses."""
