"""Choices by name in the address: what is asked for counts, what is unknown does not."""

import pytest
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest

TITLES = {"a": "Apple", "b": "Bean", "c": "Corn, sweet"}


def script(titles):
    import streamlit as st

    from pages.ui.shell import address

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
    [
        ("b", "b"),
        ("Bean", "b"),
        ("B", "b"),
        ("bEAN", "b"),
        ("Corn, sweet", "c"),
        ("nope", "a"),
        ("", "a"),
        ("<b>", "a"),
    ],
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


def bound():
    import streamlit as st

    from pages.ui.shell import address

    address.spell("z", ["Apple", "Bean"])
    chosen = st.pills(
        "Z", ["Apple", "Bean"], default="Apple", selection_mode="multi", key="z",
        bind="query-params",
    )  # fmt: skip
    st.session_state["found"] = chosen


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [("bean", ["Bean"]), (["BEAN", "apple"], ["Bean", "Apple"]), ("zebra", ["Apple"]),
     ("bean,apple,x", ["Bean", "Apple"]), (["bean", "zebra", "Bean"], ["Bean"])],
)  # fmt: skip
def test_a_bound_widget_is_asked_for_in_any_case(asked, chosen):
    at = AppTest.from_function(bound, default_timeout=30)
    at.query_params["z"] = asked
    at.run()
    assert not at.exception
    assert at.session_state["found"] == chosen
    at.button_group(key="z").set_value(["Apple", "Bean"]).run()
    assert at.session_state["found"] == ["Apple", "Bean"], "a click counts afterwards"


def test_no_widget_has_both_a_default_and_a_value_set_for_it(monkeypatch):
    """Streamlit warns of it in the server's log, once a process."""
    told = []
    real = policies.check_session_state_rules

    def seen(default_value, key, writes_allowed=True):
        if default_value is not None and key in ("x", "y"):
            told.append((key, default_value))
        return real(default_value, key, writes_allowed)

    monkeypatch.setattr(policies, "check_session_state_rules", seen)
    at = opened(x="c", y="c,a")
    at.query_params["y"] = "b"
    assert found(at.run()) == ("c", ["b"])
    assert told == []


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
