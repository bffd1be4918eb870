"""All methods: a folder each, found by itself. Nothing is imported here: a card needs no torch."""
