"""How well the mislabelled samples are found, and how far the two piles overlap."""

from __future__ import annotations

import streamlit as st

from lnl import charts
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import Key, View
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import controls

CHARTS = {
    "epochs": "over the epochs",
    "curve": "precision and recall",
    "threshold": "F1 by threshold",
    "rate": "noise rate",
    "overlap": "overlap",
}
TOLD = {
    "epochs": "Precision: of the samples that a run treats as wrong, the share that is. Recall: of "
    "the wrong ones, the share that it finds. F1 is the harmonic mean of both.",
    "curve": "Each point of a line is a threshold of the clean score, in steps of 0.01. The "
    "diamond is where the method itself cuts.",
    "threshold": "What F1 would be if the clean scores were cut elsewhere, in steps of 0.01. A "
    "flat top: the method's threshold need not be exact.",
    "rate": "The share of samples that a run treats as wrong is its estimate of the noise rate.",
    "overlap": "The share that the histograms of clean and mislabelled samples have in common, in "
    "100 bins: 1 where they are the same, 0 where no bin holds both.",
}


def draw(view: View, options: Options) -> None:
    """One of five figures; where true labels are unknown, the estimate alone."""
    shown = "rate"
    if view.knows_truth:
        shown = controls.one_of("Shown", CHARTS, "detection", label_visibility="collapsed")
    if not view.big:
        st.caption(TOLD[shown])
    figure.draw(_drawing(view.key, shown), key="detection")


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key, shown: str) -> Drawing:
    view = View.of(key)
    if shown == "epochs":
        made = charts.detection_curves(view.records(), view.epoch)
    elif shown == "rate":
        made = charts.noise_rate_curves(view.records(), view.epoch)
    elif shown == "overlap":
        made = charts.overlap_curves(view.histories(), view.epoch)
    elif shown == "curve":
        made = charts.precision_recall(view.at_epoch())
    else:
        made = charts.f1_by_threshold(view.at_epoch())
    name = f"detection-{CHARTS[shown].replace(' ', '-')}"
    return figure.prepared(made, name, view.label(f"detection, {CHARTS[shown]}"), view.big)


PANEL = Panel(
    "Detection",
    "Finding the wrong labels",
    "Which samples each run treats as wrong, against those that are.",
    "A method that keeps clean scores, its own belief that a label is right, is judged by its own "
    "selection. Any other is read from its confidence: a sample counts as wrong where the given "
    "label gets 0.5 or less. AUROC: the chance that a wrong label scores lower than a right one, "
    "whatever the threshold; 0.5 is a guess.",
    draw,
)
