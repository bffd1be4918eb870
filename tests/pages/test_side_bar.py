"""The side bar holds the set-up; pages without one have the whole width."""

import pytest

from pages.ui.shell import frame


@pytest.mark.parametrize("card", frame.PAGES, ids=lambda card: card.title)
def test_a_page_has_a_side_bar_if_it_has_a_set_up(app, healthy, card):
    at = healthy(app(card.file))
    styles = "".join(element.proto.body for element in at.get("html"))
    assert bool(len(at.sidebar)) == card.set_up
    assert ("stSidebar" not in styles) == card.set_up


def test_a_presentation_has_none(app, make_run):
    at = app(runs=make_run(), lecture="true")
    assert "stSidebar" in "".join(element.proto.body for element in at.get("html"))
