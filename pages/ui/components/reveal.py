"""``reveal``: scroll to a part of the page that was just added."""

from __future__ import annotations

import streamlit as st

from pages.ui.components import scripts

_reveal = st.components.v2.component("lnl_reveal", js=scripts.text(__file__, "reveal.js"))


def reveal(selector: str) -> None:
    """Scroll to what matches ``selector``, once; "": nothing is new."""
    if selector:
        acts = st.session_state.get("_revealed", (0, ""))[0] + 1
        st.session_state["_revealed"] = (acts, selector)
    act, last = st.session_state.get("_revealed", (0, ""))
    _reveal(key="unseen_reveal", data={"act": act, "selector": last})
