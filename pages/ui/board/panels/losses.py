"""The terms of each method's loss, its learning rates, the time it takes."""

from __future__ import annotations

import streamlit as st

from lnl import charts
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import Key, View
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import controls

CHARTS = {
    "terms": ("loss terms", charts.loss_curves),
    "rate": ("learning rate", charts.learning_rate_curves),
    "time": ("time per epoch", charts.time_curves),
    "speed": ("images per second", charts.throughput_curves),
}
TITLES = {name: title for name, (title, _) in CHARTS.items()}


def draw(view: View, options: Options) -> None:
    """One figure, a plot a run."""
    shown = controls.one_of("Shown over the epochs", TITLES, "losses", label_visibility="collapsed")
    figure.draw(_drawing(view.key, shown), key="losses")


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key, shown: str) -> Drawing:
    view = View.of(key)
    title, chart = CHARTS[shown]
    name = "losses" if shown == "terms" else title.replace(" ", "-")
    made = chart(view.records(), view.epoch)
    return figure.prepared(made, name, view.label(f"{title} over the epochs"), view.big)


PANEL = Panel(
    "Losses",
    "Losses",
    "Each term of the method's loss, averaged over the steps of an epoch; beside it the learning "
    "rate, and the time that an epoch takes.",
    "Terms of different methods and stages are not comparable in height: look at their course. "
    "Time and images per second are of this machine, with all that ran beside; images per second "
    "counts the training passes alone.",
    draw,
)
