"""Widgets that hold fields of the address: what is said is shown, what is chosen is said."""

import pytest
from streamlit.elements.lib import policies
from streamlit.runtime.state import get_session_state
from streamlit.testing.v1 import AppTest

from tests.support.controls import control

TITLES = {"a": "Apple", "b": "Bean", "c": "Corn, sweet", "d": "Bean"}


def script(titles):
    import streamlit as st

    from pages.ui.shell import address, controls

    address.entered("Watch", ())
    found = st.session_state["found"] = {}
    found["show"] = controls.select("One", titles, "show", default="b")
    found["given"] = controls.select_or_none("Class", {0: "zero", 1: "one", -1: "none"}, "given")
    found["methods"] = controls.several("Some", titles, "methods", most=2)
    found["metrics"] = controls.pills("Pills", titles, "metrics", default=["c"])
    found["fitting"] = controls.one_of("Of", {"all": "all", "few": "some"}, "fitting")
    found["starred"] = controls.toggle("Starred", "starred")
    found["seed"] = controls.number("Seed", 0, 99, "seed")
    found["known"] = controls.number("Known", 1, 9, "noise_options.known", default=8)
    found["epochs"] = controls.number_or_none("Epochs", 1, 5000, "epochs")
    found["rate"] = controls.slider("Rate", 0, 90, "rate", 5)
    found["classes"] = controls.steps("Classes", (3, 5, 10, 20), "classes")
    found["find"] = controls.text("Find", "find")
    found["page"] = controls.page(3, "page", address.now().page)
    st.button("Other", on_click=address.change, kwargs={"show": "c", "starred": True, "rate": 10})


def opened(**query):
    at = AppTest.from_function(script, args=(TITLES,), default_timeout=30)
    at.query_params.update(query)
    return at.run()


def found(at, field):
    assert not at.exception
    return at.session_state["found"][field]


@pytest.mark.parametrize(
    ("asked", "shown", "said"),
    [
        ("a", "a", "a"),
        ("Apple", "a", "a"),
        ("aPPLE", "a", "a"),
        ("Corn, sweet", "c", "c"),
        ("nope", "b", None),
        ("", "b", None),
        ("<b>", "b", None),
    ],
)
def test_one_by_its_name_or_title_and_the_address_is_put_right(asked, shown, said):
    at = opened(show=asked)
    assert found(at, "show") == shown
    assert at.query_params.get("show") == said


@pytest.mark.parametrize(
    ("asked", "some"),
    [("c", ("c",)), ("c,a", ("c", "a")), ("a,b,c", ("a", "b")), ("b,b", ("b",)), ("z", ()),
     ("Apple,z", ("a",)), (["a", "c"], ("a", "c"))],
)  # fmt: skip
def test_several_and_never_too_many(asked, some):
    assert found(opened(methods=asked), "methods") == some


def test_every_kind_shows_what_the_address_says():
    said = {
        "given": "-1",
        "metrics": "b,a",
        "fitting": "few",
        "starred": "true",
        "seed": "7",
        "noise_options": "known:3",
        "epochs": "30",
        "rate": "55",
        "classes": "18",
        "find": "x y",
        "page": "2",
    }
    at = opened(**said)
    assert at.session_state["found"] == {
        "show": "b",
        "methods": (),
        "given": -1,
        "metrics": ("a", "b"),
        "fitting": "few",
        "starred": True,
        "seed": 7,
        "known": 3,
        "epochs": 30,
        "rate": 55,
        "classes": 20,
        "find": "x y",
        "page": 2,
    }
    assert not at.exception


def test_the_address_follows_the_hand_and_is_silent_about_what_holds_anyway():
    at = opened()
    at.selectbox(key="show").select("a")
    at.selectbox(key="given").select(1)
    at.multiselect(key="methods").set_value(["c"])
    at.toggle(key="starred").set_value(True)
    at.number_input(key="noise_options.known").set_value(2)
    at.number_input(key="epochs").set_value(12)
    at.slider(key="rate").set_value(20)
    at.text_input(key="find").set_value("digits").run()
    assert dict(at.query_params) == {
        "show": "a",
        "given": "1",
        "methods": "c",
        "starred": "true",
        "noise_options": "known:2",
        "epochs": "12",
        "rate": "20",
        "find": "digits",
    }
    at.selectbox(key="show").select("b")
    at.selectbox(key="given").select(None)
    at.number_input(key="epochs").set_value(None).run()
    assert {"show", "given", "epochs"}.isdisjoint(at.query_params)


def test_what_was_written_on_an_option_before_never_becomes_a_value():
    """A run that trains is called by its epochs; a late request brings its former title."""
    at = opened(methods="a,b")
    control(at, "multiselect", "methods").set_value(["Apple · 0 epochs", "b"]).run()
    assert found(at, "methods") == ("a", "b")
    assert dict(at.query_params) == {"methods": "a,b"}
    control(at, "multiselect", "methods").set_value(["b"]).run()
    assert found(at, "methods") == ("b",), "the next choice counts"


def test_two_options_of_one_title_stay_two():
    """Streamlit tells the chosen option by its title: the first of that title was taken."""
    at = opened()
    at.selectbox(key="show").select("d").run()
    assert found(at, "show") == "d"
    at.multiselect(key="methods").set_value(["d"]).run()
    assert found(at, "methods") == ("d",)


def test_a_value_that_a_button_changed_is_that_of_a_new_widget():
    at = opened(rate="30")
    at.button[0].click().run()
    assert (found(at, "show"), found(at, "starred"), found(at, "rate")) == ("c", True, 10)
    control(at, "slider", "rate").set_value(15).run()
    assert at.query_params["rate"] == "15"


def test_the_address_wins_when_it_changes_by_itself():
    at = opened(show="a")
    at.query_params["show"] = "c"
    assert found(at.run(), "show") == "c"
    del at.query_params["show"]
    assert found(at.run(), "show") == "b", "Back to the first view"


def test_no_widget_has_both_a_default_and_a_value_set_for_it(monkeypatch):
    """Streamlit warns of it in the server's log, once a process."""
    told = []
    real = policies.check_session_state_rules

    def seen(default_value, key, writes_allowed=True):
        if default_value is not None and get_session_state().is_new_state_value(key):
            told.append((key, default_value))
        return real(default_value, key, writes_allowed)

    monkeypatch.setattr(policies, "check_session_state_rules", seen)
    at = opened(show="c", methods="c,a", rate="20", epochs="3", page="2", classes="5")
    at.query_params["rate"] = "30"
    assert found(at.run(), "rate") == 30
    assert told == []


def hiding():
    import streamlit as st

    from pages.ui.shell import address, controls

    def late():
        st.session_state["find"] = ""  # as the browser that still shows it says
        controls._changed("find", "find", None, None)

    address.entered("Watch", ())
    if not address.now().find:
        controls.text("Find", "find")
    st.button("Other", on_click=address.change, kwargs={"find": "it"})
    st.button("Late", on_click=late)


def test_a_late_request_of_a_widget_that_has_left_the_page_changes_nothing():
    at = AppTest.from_function(hiding, default_timeout=30).run()
    at.button[0].click().run()
    assert not at.text_input
    at.button[1].click().run()
    assert not at.exception
    assert at.query_params["find"] == "it"


def test_what_was_chosen_and_undone_before_it_was_drawn_counts():
    at = opened()
    control(at, "text_input", "find").set_value("a").run()
    control(at, "text_input", "find").set_value("").run()
    assert "find" not in at.query_params
    control(at, "text_input", "find").set_value("a").run()
    assert at.query_params["find"] == "a"
