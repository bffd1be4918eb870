"""Which stored runs are shown side by side, old or new; the address holds the choice."""

from __future__ import annotations

import time

import streamlit as st

from lnl.records import RunInfo
from pages.ui.shell import in_view

ECHO = 5.0  # seconds


def run_chooser(known: list[RunInfo], choice: in_view.Choice) -> None:
    """A list to choose from."""
    names = {run.id: run.name for run in known}
    before = tuple(st.session_state.get("runs_shown", ()))
    if before != choice.ids:
        st.session_state["runs_shown"] = list(choice.ids)
        st.session_state["_runs_before"] = (before, time.monotonic())
    st.multiselect(
        "Runs shown side by side",
        options=list(names),
        key="runs_shown",
        format_func=lambda run_id: names.get(run_id, run_id),
        max_selections=in_view.MOST_RUNS,
        on_change=_chosen,
        placeholder="Choose runs to look at",
    )


def _chosen() -> None:
    """Keep a choice made by hand.

    A refresh that was under way when the choice changed brings the former one along: no hand.
    """
    shown = st.session_state["runs_shown"]
    before, when = st.session_state.get("_runs_before", ((), 0.0))
    if tuple(shown) != before or time.monotonic() - when > ECHO:
        in_view.choose(shown)
