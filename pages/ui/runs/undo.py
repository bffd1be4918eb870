"""The runs deleted last, and Undo."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lnl.records import RunInfo
from pages.ui.shell import parts, state

_DELETED = "deleted"


def delete(runs: Sequence[RunInfo]) -> None:
    """Delete runs, stopping those that are alive; the bar then offers to undo it."""
    state.attempt(state.manager().delete, [run.id for run in runs])
    words = f"**{parts.plain(runs[0].name)}**" if len(runs) == 1 else f"**{len(runs)} runs**"
    st.session_state[_DELETED] = (tuple(run.id for run in runs), words)
    st.rerun()


def bar() -> None:
    """What was deleted last, with Undo; nothing if nothing was."""
    if _DELETED not in st.session_state:
        return
    run_ids, words = st.session_state[_DELETED]
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"Deleted {words}. Deleted runs can be restored for a week.")
        if st.button("Undo", icon=":material/undo:"):
            state.attempt(state.store().restore, run_ids)
            forget()
            st.rerun()


def forget() -> None:
    """Stop offering Undo."""
    st.session_state.pop(_DELETED, None)
