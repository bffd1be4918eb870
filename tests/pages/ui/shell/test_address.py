"""The address: typed, round, deaf to nonsense, and written in one place."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.ui.shell import address
from pages.ui.shell.address import Address, parsed

PAGES = Path(__file__).parents[4] / "pages"
WORDS = {
    "runs": "a-1,b-2",
    "epoch": "12",
    "sample": "0",
    "hide": "verdicts",
    "panels": "Map,Detection",
    "log": "true",
    "coloured": "3,0",
    "given": "-1",
    "only": "mislabelled",
    "file": "/home/me/my data, new.npz",
    "rate": "0",
    "noise_options": "sampling:iid,known:8",
    "methods": "nl",
    "epochs": "30",
    "numbers": "selpl.gamma:0.25",
    "over": "complementary",
    "lesson": "3",
    "find": "a b",
    "page": "2",
}
VALUES = st.one_of(st.sampled_from([*WORDS.values(), ""]), st.text(max_size=20))
QUERIES = st.dictionaries(st.sampled_from([*Address.model_fields, "utm_source"]), VALUES)


def test_every_kind_of_word_is_read_and_written_again():
    assert parsed(WORDS).query() == WORDS


def test_links_of_before_hide_the_truth_too():
    assert parsed({"hide": "true"}) == Address(hide="truth")


def test_defaults_are_not_said():
    assert Address().query() == {}
    assert parsed({"rate": "40", "hide": "false", "data": "digits"}).query() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"epoch": "0"},
        {"epoch": "two"},
        {"epoch": "1" * 50},
        {"epoch": "²"},
        {"sample": "-1"},
        {"rate": "95"},
        {"classes": "nan"},
        {"given": "=1+1"},
        {"hide": "perhaps"},
        {"over": "<b>"},
        {"group_by": "colour"},
        {"smoothing": "1"},
        {"smoothing": "nan"},
        {"coloured": "1,x"},
        {"find": "x" * 5000},
    ],
)
def test_what_cannot_be_understood_counts_as_not_said_and_takes_nothing_along(wrong):
    assert parsed({**wrong, "lecture": "true"}) == Address(lecture=True)


@given(QUERIES)
def test_any_query_has_an_address_and_that_address_one_query(query):
    found = parsed(query)
    assert parsed(found.query()) == found


def test_nobody_asks_for_more_runs_than_can_be_selected_and_each_once():
    assert parsed({"runs": "a,b,a,,c"}).runs == ("a", "b", "c")
    assert len(parsed({"runs": ",".join(map(str, range(120)))}).runs) == address.MOST_SELECTED


def test_parts_of_a_field():
    here = Address(runs=("a", "b", "c"), noise_options=("sampling:iid",))
    assert (here.get("runs.first"), here.put("runs.first", "c").runs) == ("a", ("c", "a", "b"))
    assert here.put("runs.first", None).runs == ("b", "c")
    assert here.get("noise_options.sampling") == "iid"
    assert here.get("noise_options.known") is None
    both = here.put("noise_options.known", 8)
    assert both.query()["noise_options"] == "sampling:iid,known:8"
    assert both.put("noise_options.sampling", None).noise_options == ("known:8",)


def test_nothing_else_touches_the_address():
    """A second mechanism beside it broke the lessons, and swapped runs of one name."""
    for path in PAGES.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "address.py":
            assert "st.query_params" not in text, path
        assert not re.search(r"\bbind=", text), path


def script():
    import streamlit as st

    from pages.ui.shell import address

    address.entered(st.session_state.get("page", "Watch"), ("seed", "data"))
    st.button("Next", on_click=address.change, kwargs={"epoch": (address.now().epoch or 0) + 1})
    st.session_state["found"] = address.now()


@pytest.fixture
def at():
    return AppTest.from_function(script, default_timeout=30)


def test_a_late_request_does_not_undo_a_click_and_back_does(at, monkeypatch):
    monkeypatch.setattr(address, "ECHO", 60.0)
    at.query_params["epoch"] = "4"
    at.run()
    at.button[0].click().run()
    assert at.query_params["epoch"] == "5"
    at.query_params["epoch"] = "4"  # sent before the browser knew
    assert at.run().session_state["found"].epoch == 5
    at.query_params["epoch"] = "2"  # never written over: a link
    assert at.run().session_state["found"].epoch == 2
    at.button[0].click().run()
    at.session_state["_overwritten"] = []  # as the browser's Back does
    del at.session_state["_written"]
    at.query_params["epoch"] = "2"
    assert at.run().session_state["found"].epoch == 2


def test_a_late_request_does_not_lose_an_earlier_click(at, monkeypatch):
    monkeypatch.setattr(address, "ECHO", 60.0)
    at.run()
    at.button[0].click().run()
    del at.query_params["epoch"]  # the second click was sent before the first was answered
    at.button[0].click().run()
    assert at.query_params["epoch"] == "2"


def test_the_address_is_put_right(at):
    at.query_params.update({"epoch": "soon", "utm_source": "x", "starred": "1"})
    at.run()
    assert dict(at.query_params) == {"starred": "true"}


def test_a_page_is_as_it_was_left_unless_a_link_says_otherwise(at):
    at.query_params.update({"seed": "7", "data": "mnist", "hide": "true"})
    at.run()
    at.session_state["page"] = "Data"
    at.query_params = {"data": "shapes"}
    at.run()
    assert dict(at.query_params) == {"seed": "7", "data": "shapes"}, "hide is not kept"
