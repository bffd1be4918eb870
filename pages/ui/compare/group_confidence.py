"""The histograms of confidence, a plot for each group of runs: mean shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lnl import charts
from lnl.charts import HistogramOptions, Line
from lnl.charts.grid import MOST
from lnl.comparison import Group
from pages.ui.board.panels import confidence
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import Key, View
from pages.ui.compare.overlay import Names, groups_of, names_of
from pages.ui.components import figure
from pages.ui.components.figure import Drawing


def group_confidence(groups: Sequence[Group], every: View) -> Panel:
    """The panel Confidence of groups; ``every`` holds the runs of all of them."""

    def draw(_: View, options: Options) -> None:
        with options():
            asked = confidence.asked(every)
        figure.draw(_drawing(every.key, names_of(groups[:MOST]), asked), key="group_confidence")
        if len(groups) > MOST and not every.big:
            st.caption(f"The first {MOST} of {len(groups)} groups.")

    return replace(
        confidence.PANEL,
        draw=draw,
        what="Each bar is the mean over the runs of a group: solid for clean samples, hatched for "
        "mislabelled ones, grey where nobody knows. Hover for the standard deviation.",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key, names: Names, options: HistogramOptions) -> Drawing:
    view = View.of(key)
    known = {run.info.id: run for run in view.at_epoch()}
    groups = [
        Line(group.name, tuple(known[run.id] for run in group.runs))
        for group in groups_of(names, view)
    ]
    made = charts.group_histograms(groups, options)
    name = options.of.replace(" ", "-")
    return figure.prepared(made, name, view.label(options.of), view.big)
