"""A user's own images: listed, surveyed, and prepared once into the cache.

``tree`` reads files of a folder or a zip; ``listing`` says which image has which label;
``survey`` is the dry run; ``preparing`` writes the pixels; ``prepared`` reads them.
"""
