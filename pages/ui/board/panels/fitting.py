"""Training accuracy against the clean rate; what becomes of the mislabelled samples."""

from __future__ import annotations

import streamlit as st

from lnl import charts
from pages.ui.board import measured
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import Key, View
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import controls

SAMPLES = {"all": "all samples", "mislabelled": "the mislabelled"}


def draw(view: View, options: Options) -> None:
    """One figure, a plot a run: of all samples, or of the mislabelled alone."""
    of = "all"
    if view.knows_truth:
        with options():
            of = controls.one_of(
                "Of which samples",
                SAMPLES,
                "fitting",
                help="The course of all, or what the network takes the mislabelled ones for.",
            )
    elif view.explained:
        st.caption(
            "True labels are unknown: the clean rate, and the phases read against it, are "
            "*estimated* from the run itself."
        )
    figure.draw(_split(view.key) if of == "mislabelled" else _drawing(view.key), key="fitting")
    if of == "all" and not view.big:
        measured.caption(view)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key) -> Drawing:
    view = View.of(key)
    made = charts.fitting_curves(view.records(), view.epoch)
    return figure.prepared(
        made, "training-accuracy", view.label("training accuracy over the epochs"), view.big
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _split(key: Key) -> Drawing:
    view = View.of(key)
    made = charts.mislabelled_split(view.records(), view.epoch)
    label = view.label("the mislabelled samples: memorised, recovered, third class")
    return figure.prepared(made, "mislabelled", label, view.big)


PANEL = Panel(
    "Fitting",
    "Training accuracy against the clean rate",
    "What the network fits as it trains: its accuracy on the given labels, beside what that "
    "accuracy is made of.",
    "A network that ignores all wrong labels ends at the clean rate (dashed). Above it, in the "
    "tinted band, it can only get by memorising. Memorised: share of the mislabelled samples that "
    "it predicts as labelled. Recovered: share that it predicts as their true class. Third class: "
    "neither. Validation: share of the validation images predicted as labelled; those labels are "
    "as noisy as the others. It overfits where it stands above the clean rate while its test "
    "accuracy has fallen by 2 points or more.",
    draw,
)
