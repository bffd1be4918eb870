"""A run's log: its last lines, and all of it as a file."""

from __future__ import annotations

import streamlit as st

from lnl.records import RunInfo
from pages.ui.shell import state

LINES = 50
NONE = "Imported and not-yet-started runs have no log."


def run_log(run: RunInfo) -> None:
    """What the run's thread has written: stages, warnings, why it failed."""
    text = state.store().log(run.id).text
    if not text:
        st.markdown(NONE)
        return
    lines = text.splitlines()
    st.code("\n".join(lines[-LINES:]), language=None, wrap_lines=True, height=420)
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = f"The last {LINES} of {len(lines):,} lines." if len(lines) > LINES else ""
        st.caption(f"{shown} Exports omit the log (it contains local paths).")
        st.download_button(
            "Full log",
            text,
            f"{run.id}-log.txt",
            "text/plain",
            icon=":material/download:",
            on_click="ignore",
            key="download_log",
        )
