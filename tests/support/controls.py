"""Widgets of a page by the field of the address that they hold, in AppTest."""

import re


def control(at, kind, field):
    """The widget of that kind; a value that was changed from elsewhere has made it a new one."""
    name = re.compile(rf"{re.escape(field)}(_\d+)?")
    (found,) = [each for each in getattr(at, kind) if each.key and name.fullmatch(each.key)]
    return found
