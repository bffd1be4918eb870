"""The figure that lays runs, or groups of them, over one another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lnl import charts, findings
from lnl.charts import CurveOptions, Line
from lnl.comparison import Group, differing_within, methods_differ
from pages.ui.board import measured
from pages.ui.board.view import Key, View
from pages.ui.compare.options import Asked
from pages.ui.components import figure
from pages.ui.components.figure import Drawing

HOW = (
    "Each method keeps its colour and dash; runs of one method differ in their markers. The line "
    "of a group is the mean of its runs, the band one standard deviation of a sample (n - 1) to "
    "each side; hover for the number of runs that have reached an epoch. The vertical line is the "
    "selected epoch."
)
Names = tuple[tuple[str, str, tuple[str, ...]], ...]  # of each group: words, unit, ids of its runs


def names_of(groups: Sequence[Group]) -> Names:
    """Groups as the argument of a cached function."""
    return tuple((each.common, each.unit, tuple(r.id for r in each.runs)) for each in groups)


def groups_of(names: Names, view: View) -> list[Group]:
    """The groups again, of the runs of a view."""
    known = {run.id: run for run in view.runs}
    return [Group(tuple(known[run_id] for run_id in ids), name, unit) for name, unit, ids in names]


def overlay(groups: Sequence[Group], view: View, asked: Asked, scope: str) -> None:
    """One plot per number; ``view`` holds the runs of all groups, ``scope`` says which they are."""
    singles = all(len(group.runs) == 1 for group in groups)
    by_method = asked.by == "run" or methods_differ(groups)
    options = CurveOptions(by_method, asked.smoothing)
    drawing = _drawing(view.key, names_of(groups), asked.metrics, options)
    with st.container(key="first_screen_curves"):
        figure.draw(drawing, key="overlay")
    if not view.big:
        words = "Each line is a run." if singles else _words(groups)
        st.caption(f"{words} {scope}".strip(), help=HOW)
        measured.caption(view)


def _words(groups: Sequence[Group]) -> str:
    counts = [len(group.runs) for group in groups]
    few, many = min(counts), max(counts)
    unit = "seeds" if all(group.unit == "seeds" for group in groups) else "runs"
    told = f"{few}" if few == many else f"{few} to {many}"
    differing = ", ".join(differing_within(groups))
    within = f" Within a group the runs differ in: {differing}." if differing else ""
    return f"Each line is the mean over {told} {unit}, the band ± one standard deviation.{within}"


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key, names: Names, titles: tuple[str, ...], options: CurveOptions) -> Drawing:
    view = View.of(key)
    known = {run.info.id: run for run in view.records()}
    lines = [
        Line(group.name, tuple(known[run.id] for run in group.runs))
        for group in groups_of(names, view)
    ]
    metrics = [findings.metric(title) for title in titles]
    made = charts.compared_curves(lines, metrics, view.epoch, options)
    return figure.prepared(made, "curves", view.label(", ".join(titles)), view.big)
