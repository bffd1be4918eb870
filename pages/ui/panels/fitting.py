"""Training accuracy against the clean rate."""

from __future__ import annotations

import streamlit as st

from lnl import charts
from pages.ui import figure
from pages.ui.figure import Drawing
from pages.ui.panels.panel import Panel
from pages.ui.view import Key, View


def draw(view: View) -> None:
    """One figure, a plot a run."""
    figure.draw(_drawing(view.key), key="fitting")


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key) -> Drawing:
    view = View.of(key)
    made = charts.fitting_curves(view.records(), view.epoch)
    return figure.prepared(
        made, "training-accuracy", view.label("training accuracy over the epochs"), view.big
    )


PANEL = Panel(
    "Fitting",
    "Training accuracy against the clean rate",
    "What the network fits as it trains: its accuracy on the given labels, beside what that "
    "accuracy is made of.",
    "A network that ignores all wrong labels ends at the clean rate (dashed). Above it, in the "
    "tinted band, it can only get by memorising. Memorised: share of the mislabelled samples that "
    "it predicts as labelled. Recovered: share that it predicts as their true class.",
    draw,
)
