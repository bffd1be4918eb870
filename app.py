"""LNL Explorer, the app. Start it with `make app`."""

from pages.ui import frame

frame.show()
