"""The histogram of confidences, or of clean scores, clean samples against mislabelled ones."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from lnl import charts, findings
from lnl.charts import HistogramOptions
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import Key, View
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import controls

Of = Literal["confidence", "clean scores"]
Unit = Literal["share", "count"]
OF: dict[Of, str] = {"confidence": "confidence", "clean scores": "clean scores"}
UNITS: dict[Unit, str] = {"share": "share of the group", "count": "samples"}
CLEAN_SCORES = (
    "The clean score is the method's own belief that the given label is right; the dashed line is "
    "its threshold: what lies to the right of it is treated as clean. A method that keeps no such "
    "belief is read by its confidence."
)


def draw(view: View, options: Options) -> None:
    """One histogram a run on shared axes."""
    with options():
        chosen = asked(view)
    if chosen.of == "clean scores" and view.explained:
        st.caption(CLEAN_SCORES)
    figure.draw(_drawing(view.key, chosen), key="confidence")


def asked(view: View) -> HistogramOptions:
    """What is chosen of how histograms are drawn."""
    with st.container():
        of = controls.one_of(
            "Shown",
            OF,
            "of",
            help="What the network says of the given label now, or what the method believes of it.",
        )
        source = _source(_sources(view.key)) if of == "confidence" else "mean"
        unit = controls.one_of("Bars", UNITS, "bars")
        log = controls.toggle("Log scale", "log")
    return HistogramOptions(of=of, source=source, unit=unit, log=log)


@st.cache_data(max_entries=64, show_spinner=False)
def _sources(key: Key) -> list[str]:
    """The networks of runs that have more than one, by name."""
    records = (run.at(None) for run in View.of(key).at_epoch())
    each = [[name for name in r.confidence if name != "mean"] for r in records if r]
    return sorted({name for names in each if len(names) > 1 for name in names})


def _source(networks: list[str]) -> str:
    if not networks:
        return "mean"
    return controls.one_of(
        "Of which network",
        {"mean": "mean of both", **{name: findings.spelled(name) for name in networks}},
        "network",
        help="A method of two networks predicts with the mean of both.",
    )


@st.cache_data(max_entries=256, show_spinner=False)
def _drawing(key: Key, options: HistogramOptions) -> Drawing:
    view = View.of(key)
    made = charts.histograms(view.at_epoch(), options, narrow=True)
    name = options.of.replace(" ", "-")
    return figure.prepared(made, name, view.label(options.of), view.big)


PANEL = Panel(
    "Confidence",
    "Confidence in the given label",
    "Each training sample counts once, by the probability that the network gives to its given "
    "label: solid for clean samples, hatched for mislabelled ones, grey where nobody knows.",
    "Where the two piles part, the network tells wrong labels from right ones. Where the hatched "
    "pile moves to the right, it has memorised wrong labels. Dashed: 1/c, the confidence of a "
    "guess among c classes, and 0.5 or γ, above which a method trusts a label.",
    draw,
)
