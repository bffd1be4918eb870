"""LNL Explorer, the app. Start it with `make app`."""

from pages.ui.shell import frame

frame.show()
