import pytest
from streamlit.testing.v1 import AppTest

from lnl import catalogue
from lnl.records import RunSpec
from pages.ui.forms import settings

SCHEMA = {
    "properties": {
        "rate": {"type": "number", "default": 0.02, "minimum": 0, "symbol": "η"},
        "epochs": {"type": "integer", "default": 10, "minimum": 0, "unit": "epochs"},
        "kind": {"type": "string", "enum": ["a", "b"], "default": "a"},
        "flag": {"type": "boolean", "default": False, "advanced": True},
        "table": {"type": "array", "default": [1]},
        "maybe": {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None},
    }
}


def script(schema, defaults, shares=False):
    import streamlit as st

    from pages.ui.forms import settings

    st.session_state["found"] = settings.form(schema, defaults, "key", shares)


@pytest.fixture
def form():
    return AppTest.from_function(script, args=(SCHEMA, {"epochs": 7})).run()


def test_untouched_settings_are_left_to_the_defaults(form):
    assert not form.exception
    assert form.session_state["found"] == {}
    assert form.number_input(key="key.epochs").value == 7, "the data set's default, not the class's"


def test_only_what_was_changed_is_returned(form):
    form.number_input(key="key.rate").set_value(0.03)
    form.selectbox(key="key.kind").set_value("b")
    form.toggle(key="key.flag").set_value(True).run()
    assert form.session_state["found"] == {"rate": 0.03, "kind": "b", "flag": True}


def test_advanced_settings_are_folded(form):
    assert [block.label for block in form.expander] == ["Advanced"]
    assert [toggle.key for toggle in form.expander[0].toggle] == ["key.flag"]


def test_what_has_no_widget_is_named(form):
    assert any("--set table" in box.value for box in form.caption)


def test_labels_carry_symbol_and_unit():
    assert settings.label_of("learning_rate", {"symbol": "η", "unit": ""}) == "Learning rate (η)"
    assert settings.label_of("nl_epochs", {"unit": "epochs"}) == "NL epochs"
    assert settings.label_of("size", {"symbol": "s", "unit": "px"}) == "Size (s, px)"


def test_epochs_of_stages_are_told_as_shares_and_folded():
    card = catalogue.method("selnlpl")
    defaults = catalogue.resolve(RunSpec(method="selnlpl")).spec.settings
    at = AppTest.from_function(script, args=(card.settings, defaults, True)).run(timeout=30)
    labels = [box.label for box in at.expander[0].number_input]
    assert "NL: share of the schedule" in labels
    assert sum("share" in label for label in labels) == 5, "none outside the fold"
    assert sum("share" in box.label for box in at.number_input) == 5
    box = next(box for box in at.number_input if box.label == "SelNL: share of the schedule")
    assert "scaled to the total above" in box.help
    assert at.session_state["found"] == {}


@pytest.mark.parametrize("card", catalogue.methods(), ids=lambda card: card.name)
def test_every_method_has_a_form_that_changes_nothing_by_itself(card):
    defaults = catalogue.resolve(RunSpec(method=card.name)).spec.settings
    at = AppTest.from_function(script, args=(card.settings, defaults)).run(timeout=30)
    assert not at.exception
    assert at.session_state["found"] == {}
