"""Which state of a figure the browser shows, and that it comes to show another."""

import re

from playwright.sync_api import expect


def revision(shown):
    """The state on the screen, once there is one."""
    expect(shown).to_have_count(1)  # the figure before it may still be there
    expect(shown).to_have_attribute("data-rev", re.compile("."))
    return shown.get_attribute("data-rev")


def changes(shown):
    """Waits until the figure shows another state."""
    expect(shown).not_to_have_attribute("data-rev", revision(shown))
