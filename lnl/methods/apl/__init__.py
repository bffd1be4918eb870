"""APL: active passive losses."""
