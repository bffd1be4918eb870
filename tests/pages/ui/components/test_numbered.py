"""A value that a script has sent is heard once, and never after a later one."""

from types import SimpleNamespace

import pytest
import streamlit as st

from pages.ui.components import numbered


@pytest.fixture
def state(monkeypatch):
    made = {}
    monkeypatch.setattr(st, "session_state", made)
    return made


def brought(state, value, number):
    state["part"] = SimpleNamespace(moved={"value": value, "number": number})


def test_each_value_is_heard_once_and_in_order(state):
    brought(state, "a", 5)
    assert numbered.heard("part", "moved") == "a"
    assert numbered.heard("part", "moved") is None, "brought again"
    brought(state, "b", 7)
    assert numbered.heard("part", "moved") == "b"
    brought(state, "a", 5)
    assert numbered.heard("part", "moved") is None, "behind a later one"
    assert numbered.last("part") == 7
    assert numbered.last("another") == 0


def test_what_is_gone_says_nothing(state):
    assert numbered.heard("part", "moved") is None
    state["part"] = SimpleNamespace(moved=None)
    assert numbered.heard("part", "moved") is None
