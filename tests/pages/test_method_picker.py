"""Methods chosen by family: a dialog over the set-up, on Watch and on Data."""

import json

import pytest

from lnl import catalogue
from pages.ui.forms import method_picker
from pages.ui.shell.address import MOST_RUNS, Address

NAMES = [card.name for card in catalogue.methods()]


def indices(at):
    shown = [e.proto for e in at.get("bidi_component")]
    return [json.loads(p.json) for p in shown if p.component_name == "lnl_method_index"]


@pytest.mark.parametrize("page", ["pages/watch.py", "pages/data.py"])
def test_the_dialog_ticks_what_is_chosen(app, healthy, page):
    at = healthy(app(page, methods="gce,forward"))
    assert indices(at) == []
    at = healthy(at.button(key="pick_methods").click().run())
    (index,) = indices(at)
    assert index["chosen"] == ["gce", "forward"]
    assert [family["name"] for family in index["families"]] == [
        group.name for group in catalogue.groups()
    ]
    assert "Chosen: GCE, Forward." in [box.value for box in at.caption]


def test_what_is_told_more_than_anyone_knows_has_a_sign(app, healthy):
    at = healthy(app("pages/watch.py"))
    options = at.multiselect(key="methods").options
    assert {"Forward †", "CE", "Forward, estimated"} <= set(options)
    assert len(options) == len(NAMES)


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        (("ce",), "gce", ("ce", "gce")),
        (("ce", "gce"), "ce", ("gce",)),
        (tuple(NAMES[:MOST_RUNS]), NAMES[MOST_RUNS], tuple(NAMES[:MOST_RUNS])),
    ],
)
def test_a_click_adds_or_takes_away_as_far_as_there_is_room(monkeypatch, before, name, after):
    changed = {}
    monkeypatch.setattr(method_picker.address, "now", lambda: Address(methods=before))
    monkeypatch.setattr(method_picker.address, "change", changed.update)
    method_picker._toggle(name)
    assert changed == {"methods": after}
