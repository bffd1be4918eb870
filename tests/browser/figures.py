"""Which state of a figure the browser shows, and that it comes to show another."""

import re

from playwright.sync_api import expect

PATIENT = 120_000  # milliseconds; the next state is trained on whatever machine this is


def revision(shown):
    """The state on the screen, once there is one."""
    expect(shown).to_have_attribute("data-rev", re.compile("."), timeout=PATIENT)
    return shown.get_attribute("data-rev")


def changes(shown):
    """Waits until the figure shows another state."""
    expect(shown).not_to_have_attribute("data-rev", revision(shown), timeout=PATIENT)
