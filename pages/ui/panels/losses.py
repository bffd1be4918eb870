"""The terms of each method's loss."""

from __future__ import annotations

import streamlit as st

from lnl import charts
from pages.ui import figure
from pages.ui.figure import Drawing
from pages.ui.panels.panel import Panel
from pages.ui.view import Key, View


def draw(view: View) -> None:
    """One figure, a plot a run."""
    figure.draw(_drawing(view.key), key="losses")


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key) -> Drawing:
    view = View.of(key)
    made = charts.loss_curves(view.records(), view.epoch)
    return figure.prepared(made, "losses", view.label("loss terms"), view.big)


PANEL = Panel(
    "Losses",
    "Losses",
    "Each term of the method's loss, averaged over the steps of an epoch.",
    "Terms of different methods and stages are not comparable in height: look at their course.",
    draw,
)
