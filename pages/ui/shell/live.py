"""Live parts of a page: fragments that refresh alone while a run is busy, then fall silent.

One timer a page: each refresh makes the browser go through everything it shows, however little is
new. So what stands beside a live part (the run bar) is refreshed by it, and alone only without.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st

from pages.ui.shell import parts

EVERY = 1.0  # seconds
BESIDE = "_beside"
log = logging.getLogger(__name__)


def refreshed(draw: Callable[[], bool], key: str, alive: bool) -> None:
    """Draw now, and every second while ``alive``; ``draw`` says whether anything still runs.

    When that has changed the whole page runs once more, which sets or removes the timer. An error
    is shown once, in words, and ends the refreshing.
    """
    alive = alive or st.session_state.get(f"_waits_{key}", False)
    beside = st.session_state.pop(BESIDE, None) if alive else None
    broken = f"_broken_{key}"
    if broken in st.session_state:
        parts.error_box(st.session_state[broken])
        if st.button("Try again", key=f"again_{key}"):
            del st.session_state[broken]
            st.rerun()
        return

    def panel() -> None:
        st.session_state["_live"] = f"_waits_{key}"
        st.session_state[f"_waits_{key}"] = False
        try:
            still = draw() or st.session_state[f"_waits_{key}"]
            if beside:
                beside()
        except Exception as error:
            log.exception("the live part %r broke", key)
            st.session_state[broken] = error
            st.rerun()
        if still != alive:
            st.rerun()

    st.fragment(panel, run_every=EVERY if alive else None)()


def beside(draw: Callable[[], bool]) -> None:
    """Refresh this with the first live part that follows; ``draw`` is as for :func:`refreshed`."""
    st.session_state[BESIDE] = draw


def left_over() -> None:
    """After each page, which must not ``st.stop``: a timer for what stands beside no live part."""
    if draw := st.session_state.pop(BESIDE, None):
        refreshed(draw, "beside", True)


def await_more() -> None:
    """Within a live part: refresh it once more, although no run is busy."""
    if "_live" in st.session_state:
        st.session_state[st.session_state["_live"]] = True
