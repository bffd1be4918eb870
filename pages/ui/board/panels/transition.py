"""The transition matrix as a run tells it, beside that of the labels."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from lnl import charts, findings
from lnl.charts import TransitionTable
from lnl.errors import StoreError
from lnl.findings import RunRecords
from lnl.records import RunInfo
from lnl.samples.transition import Matrix, Transition, transition_at
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
        lines += _said(run, found)
    if not tables:
        return None, lines
    made = charts.transition_tables(tables, tables[0].run.info.data.class_names)
    label = view.label("transition matrices, estimated and true")
    return figure.prepared(made, "transition-estimated", label, view.big), lines


def _tables(
    run: RunRecords, found: Transition, before: list[TransitionTable]
) -> list[TransitionTable]:
    """The estimates, after the truth of their data where that is not there yet."""
    name, data = run.info.name, run.info.data.fingerprint
    named = (("estimated", found.estimated), ("confident joint", found.counted))
    tables = [
        TransitionTable(run, f"{what}: {name}", matrix)
        for what, matrix in named
        if matrix is not None
    ]
    if found.true is None or data in {table.run.info.data.fingerprint for table in before}:
        return tables
    return [TransitionTable(run, f"true: {name}" if before else "true", found.true), *tables]


def _said(run: RunRecords, found: Transition) -> Iterator[str]:
    """How far the estimates are from the truth, and when not to believe them."""
    name = f"**{parts.plain(run.info.name)}**, epoch {found.epoch}"
    if found.estimated is not None:
        yield f"{name}, estimated by the method: {_off(found, found.estimated)}."
    if found.counted is None or found.counted_noise_rate is None:
        return
    wrong = f"{found.counted_noise_rate:.1%} of the labels look wrong"
    yield f"{name}, confident joint: {wrong}; {_off(found, found.counted)}."
    if doubt := findings.joint_misleads(run, found.epoch):
        yield f":material/warning: {parts.plain(doubt)}"


def _off(found: Transition, matrix: Matrix) -> str:
    if found.true is None:
        return "the true matrix is unknown"
    return (
        f"an entry is off by {found.difference(matrix):.1%} on average, the share of right labels "
        f"of a class by {found.of_diagonal(matrix):.1%}"
    )


def _without(run: RunInfo) -> str:
    name = parts.plain(run.name)
    if _has_one(run):
        return f"{name} has no estimate yet at this epoch."
    return f"{name} has none: it was trained before they were kept, or has more than 100 classes."


def applies(view: View) -> bool:
    """Where a run has an estimate of either kind."""
    return any(map(_has_one, view.runs))


def _has_one(run: RunInfo) -> bool:
    return _has(run.id, run.last_epoch)


@st.cache_data(max_entries=256, show_spinner=False)
def _has(run_id: str, last_epoch: int) -> bool:
    store = state.store()
    return bool(store.joint_epochs(run_id) or store.transition_epochs(run_id))


PANEL = Panel(
    "Transition",
    "Estimated transition matrix",
    "How often each class is given each label: as estimated from the run, beside the matrix of "
    "the labels themselves where true labels are known.",
    "A row is a true class, its cells are the percent of its samples that are given each label; "
    "all matrices have one scale of colours. *True* is counted from the true labels of the "
    "training set. *Confident joint* (Northcutt et al., 2021) is counted from the predictions of "
    "any run: a sample is taken to be of class k if its probability of k is at least the mean "
    "probability of k among the samples labelled k. It misleads where the network has memorised "
    "wrong labels, since it no longer sees them, and where it is at chance, since then it counts "
    "its own mistakes. *Estimated* is the estimate of a method that makes one.",
    draw,
    applies,
    lacking="None of these runs has an estimate: it is kept after each evaluated epoch, of up to "
    "100 classes; runs of earlier versions have none.",
    whole_row=True,
)
