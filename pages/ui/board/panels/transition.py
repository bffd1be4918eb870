"""The transition matrix as a method estimates it, beside that of the labels."""

from __future__ import annotations

import streamlit as st

from lnl import charts
from lnl.charts import TransitionTable
from lnl.errors import StoreError
from lnl.findings import RunRecords
from lnl.records import RunInfo
from lnl.samples.transition import Transition, transition_at
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import Key, View
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import parts, state

MOST = 8  # heat maps in a figure
FITTING = "eight matrices fit, all of the same classes."


def draw(view: View, options: Options) -> None:
    """The matrices of the chosen epoch, and how far they are from the true one."""
    try:
        drawing, lines = _drawing(view.key)
    except StoreError as error:
        st.caption(parts.words(error))
        return
    st.caption("  \n".join(lines))
    if drawing:
        figure.draw(drawing, key="transition")


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key) -> tuple[Drawing | None, list[str]]:
    view = View.of(key)
    tables: list[TransitionTable] = []
    lines: list[str] = []
    for run in view.records():
        found = transition_at(state.store(), run.info.id, view.epoch, view.truth)
        if found is None:
            lines.append(_without(run.info))
            continue
        added = _tables(run, found, tables)
        classes = {table.run.info.data.class_names for table in tables + added}
        if len(classes) > 1 or len(tables + added) > MOST:
            lines.append(f"{parts.plain(run.info.name)} is left out: {FITTING}")
            continue
        tables += added
        lines.append(_difference(run.info, found))
    if not tables:
        return None, lines
    made = charts.transition_tables(tables, tables[0].run.info.data.class_names)
    label = view.label("transition matrices, estimated and true")
    return figure.prepared(made, "transition-estimated", label, view.big), lines


def _tables(
    run: RunRecords, found: Transition, before: list[TransitionTable]
) -> list[TransitionTable]:
    """The estimate, after the truth of its data where that is not there yet."""
    name, data = run.info.name, run.info.data.fingerprint
    estimated = TransitionTable(run, f"estimated: {name}", found.estimated)
    if found.true is None or data in {table.run.info.data.fingerprint for table in before}:
        return [estimated]
    return [TransitionTable(run, f"true: {name}" if before else "true", found.true), estimated]


def _difference(run: RunInfo, found: Transition) -> str:
    name = f"**{parts.plain(run.name)}**, epoch {found.epoch}"
    if found.difference is None:
        return f"{name}: the true matrix is unknown."
    return (
        f"{name}: an entry is off by {found.difference:.1%} on average, the share of right labels "
        f"of a class by {found.of_diagonal:.1%}."
    )


def _without(run: RunInfo) -> str:
    name = parts.plain(run.name)
    if _estimates(run):
        return f"{name} has no estimate yet at this epoch."
    return f"{name} estimates no matrix, or was trained before estimates were kept."


def applies(view: View) -> bool:
    """Only where a run estimates a matrix."""
    return any(map(_estimates, view.runs))


def _estimates(run: RunInfo) -> bool:
    return _has(run.id, run.last_epoch)


@st.cache_data(max_entries=256, show_spinner=False)
def _has(run_id: str, last_epoch: int) -> bool:
    return bool(state.store().transition_epochs(run_id))


PANEL = Panel(
    "Transition",
    "Estimated transition matrix",
    "How often each class is given each label: as the method estimates it, beside the matrix of "
    "the labels themselves.",
    "A row is a true class, its cells are the percent of its samples that are given each label; "
    "all matrices have one scale of colours. A method that estimates well has the picture of the "
    "true matrix. That is counted from the true labels of the training set.",
    draw,
    applies,
    lacking="None of these runs estimates the transition matrix. Forward and backward correction "
    "with an estimated matrix do, and confident learning after its folds; of more than 100 classes "
    "none is kept.",
    whole_row=True,
)
