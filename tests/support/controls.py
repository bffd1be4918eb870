"""Widgets of a page by the field of the address that they hold, in AppTest."""

import re
import time


def control(at, kind, field):
    """The widget of that kind; a value that was changed from elsewhere has made it a new one."""
    name = re.compile(rf"{re.escape(field)}(_\d+)?")
    (found,) = [each for each in getattr(at, kind) if each.key and name.fullmatch(each.key)]
    return found


def settled(at):
    """The page once nothing is looked at or imported any more: a browser refreshes by itself."""
    deadline = time.monotonic() + 120
    while any(button.key == "own_stop" for button in at.button):
        assert time.monotonic() < deadline
        at.run()
    assert not at.exception
    return at
