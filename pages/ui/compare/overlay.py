"""The figure that lays runs over one another, and what may be chosen for it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lnl import charts, findings
from lnl.charts import Line
from lnl.comparison import Seeds
from lnl.findings import METRICS, Metric
from pages.ui.board.view import Key, View
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import controls, parts

HOW = (
    "Each method keeps its colour and dash; runs of one method differ in their markers. Over seeds "
    "the line is the mean and the band is one standard deviation of a sample (n - 1) to each side; "
    "hover tells how many seeds have reached an epoch. The upright line is the epoch looked at."
)
Names = tuple[tuple[str, tuple[str, ...]], ...]  # of each group: its name, the ids of its runs


def names_of(groups: Sequence[Seeds]) -> Names:
    """Groups as the argument of a cached function."""
    return tuple((group.common, tuple(run.id for run in group.runs)) for group in groups)


def groups_of(names: Names, view: View) -> list[Seeds]:
    """The groups again, of the runs of a view."""
    known = {run.id: run for run in view.runs}
    return [Seeds(tuple(known[run_id] for run_id in ids), name) for name, ids in names]


def overlay(groups: Sequence[Seeds], view: View, metrics: Sequence[Metric]) -> None:
    """One plot a number; ``view`` holds the runs of all groups."""
    what = "Each line is a run." if all(len(g.runs) == 1 for g in groups) else _over_seeds(groups)
    parts.panel_head("Side by side", what, HOW, view.big)
    drawing = _drawing(view.key, names_of(groups), tuple(metric.title for metric in metrics))
    figure.draw(drawing, key="overlay")


def metrics(truth: bool) -> list[Metric]:
    """The numbers chosen; the address holds them: ``?metrics=test accuracy``."""
    asked = controls.pills(
        "Numbers",
        {metric.title: metric.title for metric in METRICS},
        "metrics",
        label_visibility="collapsed",
        help="Which numbers to compare over the epochs. "
        + " ".join(f"**{metric.title.capitalize()}**: {metric.help}" for metric in METRICS),
    )
    known = [metric for metric in METRICS if truth or metric.blind]
    if len(known) < len(METRICS):
        names = " and ".join(metric.title for metric in known)
        st.caption(f"Without true labels there are only {names}.")
    return [metric for metric in known if metric.title in asked] or known[:1]


def over_seeds() -> bool:
    """Whether all stored seeds of a setting are drawn as one; the address holds it."""
    return controls.toggle(
        "Mean over seeds",
        "seeds",
        help="One line for each setting: the mean over all stored runs of the same method, data, "
        "noise and settings, whatever their seeds, with a band of one standard deviation.",
    )


def _over_seeds(groups: Sequence[Seeds]) -> str:
    counts = [len(group.runs) for group in groups]
    told = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    return f"Each line is the mean over {told} seeds of a setting, the band one standard deviation."


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key, names: Names, titles: tuple[str, ...]) -> Drawing:
    view = View.of(key)
    known = {run.info.id: run for run in view.records()}
    groups = groups_of(names, view)
    lines = [Line(group.name, tuple(known[run.id] for run in group.runs)) for group in groups]
    made = charts.compared_curves(lines, [findings.metric(title) for title in titles], view.epoch)
    return figure.prepared(made, "curves", view.label(", ".join(titles)), view.big)
