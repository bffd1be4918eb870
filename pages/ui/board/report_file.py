"""The report on a board's runs, with the replay at its top, as a file to take away."""

from __future__ import annotations

import streamlit as st

from lnl import report
from lnl.commands.run_as_command import command
from pages.ui.board.view import View
from pages.ui.components import downloads
from pages.ui.shell import state
from pages.ui.shell.address import MOST_RUNS

HELP = (
    "One HTML file that opens without a network, for a course page or an e-mail: a replay of all "
    "epochs with slider, play and *Hide the truth*, then all figures and tables, the verdicts, the "
    "data and the commands."
)


def offer(view: View, label: str, seeds: bool = False) -> None:
    """A button; the file is made when it is pressed."""
    ids = [run.id for run in view.runs]
    few = len(ids) <= MOST_RUNS
    options = report.Options(view.epoch, view.truth, view.judged, seeds)
    st.download_button(
        label,
        lambda: report.report(state.store(), ids, command, options),
        downloads.file_name("report", "html"),
        "text/html",
        icon=":material/description:",
        on_click="ignore",
        key="report",
        disabled=not few,
        help=HELP if few else f"A report takes up to {MOST_RUNS} runs.",
    )
