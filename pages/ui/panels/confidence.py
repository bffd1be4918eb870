"""The histogram of confidences, or of clean scores, clean samples against mislabelled ones."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lnl import charts
from lnl.charts import HistogramOptions
from pages.ui import figure
from pages.ui.figure import Drawing
from pages.ui.panels.panel import Panel
from pages.ui.view import Key, View

CLEAN_SCORES = (
    "The clean score is the method's own belief that the given label is right; the dashed line is "
    "its threshold: what lies to the right of it is treated as clean. A method that keeps no such "
    "belief is read by its confidence."
)


def draw(view: View) -> None:
    """Options, then one histogram a run on shared axes."""
    options = _options()
    if options.of == "clean scores":
        st.caption(CLEAN_SCORES)
    figure.draw(_drawing(view.key, options), key="confidence")


def _options() -> HistogramOptions:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of: Any = st.segmented_control(
            "Shown",
            ["confidence", "clean scores"],
            default="confidence",
            required=True,
            key="of",
            bind="query-params",
            help="What the network says of the given label now, or what the method believes of it.",
        )
        unit: Any = st.segmented_control(
            "Bars",
            ["share", "count"],
            default="share",
            required=True,
            key="bars",
            bind="query-params",
            format_func=lambda unit: "samples" if unit == "count" else "share of the group",
        )
        log = st.toggle("Log scale", key="log", bind="query-params")
    return HistogramOptions(of=of, unit=unit, log=log)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key, options: HistogramOptions) -> Drawing:
    view = View.of(key)
    made = charts.histograms(view.at_epoch(), options)
    name = options.of.replace(" ", "-")
    return figure.prepared(made, name, view.label(options.of), view.big)


PANEL = Panel(
    "Confidence",
    "Confidence in the given label",
    "Each training sample counts once, by the probability that the network gives to its given "
    "label: solid for clean samples, hatched for mislabelled ones.",
    "Where the two piles part, the network tells wrong labels from right ones. Where the hatched "
    "pile moves to the right, it has memorised wrong labels. Dashed: 1/c, the confidence of a "
    "guess among c classes, and 0.5.",
    draw,
)
