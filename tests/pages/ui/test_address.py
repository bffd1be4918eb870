"""Choices by name in the address: what is asked for counts, what is unknown does not."""

import pytest
from streamlit.testing.v1 import AppTest

TITLES = {"a": "Apple", "b": "Bean", "c": "Corn, sweet"}


def script(titles):
    import streamlit as st

    from pages.ui import address

    st.session_state["one"] = address.select("One", titles, key="x", default="a")
    st.session_state["some"] = address.multiselect(
        "Some", titles, key="y", default=["a", "b"], most=2
    )


def opened(**query):
    at = AppTest.from_function(script, args=(TITLES,), default_timeout=30)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def found(at):
    assert not at.exception
    return at.session_state["one"], at.session_state["some"]


@pytest.mark.parametrize(
    ("asked", "one"),
    [("b", "b"), ("Bean", "b"), ("Corn, sweet", "c"), ("nope", "a"), ("", "a"), ("<b>", "a")],
)
def test_one_by_its_name_or_title(asked, one):
    assert found(opened(x=asked))[0] == one


@pytest.mark.parametrize(
    ("asked", "some"),
    [("c", ["c"]), ("c,a", ["c", "a"]), ("a,b,c", ["a", "b"]), ("z", ["a", "b"]), ("b,b", ["b"]),
     (["a", "c"], ["a", "c"])],
)  # fmt: skip
def test_several_and_never_too_many(asked, some):
    assert found(opened(y=asked))[1] == some


def test_the_address_follows_the_widget_and_is_silent_about_the_default():
    at = opened()
    assert not at.query_params
    at.selectbox(key="x").select("b").run()
    at.multiselect(key="y").set_value(["c"]).run()
    assert (at.query_params["x"], at.query_params["y"]) == ("b", "c")
    at.selectbox(key="x").select("a").run()
    assert "x" not in at.query_params


def test_the_address_wins_when_it_changes_by_itself():
    at = opened(x="b")
    at.query_params["x"] = "c"
    assert found(at.run())[0] == "c"
    del at.query_params["x"]
    assert found(at.run())[0] == "a", "Back to the first view"


def test_a_click_is_not_taken_back_by_the_old_address():
    at = opened(x="b")
    assert found(at.selectbox(key="x").select("c").run())[0] == "c"
    assert found(at.run())[0] == "c"
