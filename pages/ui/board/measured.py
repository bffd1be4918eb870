"""On what the accuracies of the runs shown are measured, where that must be said."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lnl import findings
from pages.ui.board.view import View
from pages.ui.shell import parts


def caption(view: View) -> None:
    """A line under a picture or table with test or validation accuracies; mostly none."""
    known = [run.data for run in view.runs]
    seen = known if view.truth else [replace(data, actual_noise_rate=None) for data in known]
    told = findings.measured_on(seen)
    if told:
        st.caption("  \n".join(map(parts.plain, told)))
