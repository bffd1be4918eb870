"""Methods chosen family by family, in a dialog: with what each does, and what it must be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from pages.ui.forms import method_index
from pages.ui.shell import address
from pages.ui.shell.address import MOST_RUNS

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard

_OPEN = "method_picker"


def offer() -> None:
    """The button; the whole page runs once more, and ``show`` opens the dialog."""
    if st.button(
        "Choose by family", icon=":material/category:", type="tertiary", key="pick_methods"
    ):
        st.session_state[_OPEN] = True
        st.rerun()


def show() -> None:
    """The dialog while it is open; called by the page itself, outside its form."""
    if st.session_state.get(_OPEN):
        _dialog({card.name: card for card in catalogue.methods()})


def _closed() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Methods", width="large", on_dismiss=_closed)
def _dialog(cards: Mapping[str, MethodCard]) -> None:
    chosen = address.now().methods
    st.caption(f"Chosen: {', '.join(cards[name].title for name in chosen if name in cards)}.")
    method_index.method_index(cards, _toggle, "method_picker_index", chosen)


def _toggle(name: str) -> None:
    """Choose it, as far as there is room, or leave it out."""
    chosen = address.now().methods
    others = tuple(each for each in chosen if each != name)
    added = (*chosen, name)[:MOST_RUNS]
    address.change(methods=others if name in chosen else added)
