"""What the list says of each run: columns to choose from; the URL stores the choice."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from lnl import findings
from lnl.records import RunInfo
from lnl.runs.store import disk
from lnl.runs.store.run_rows import noise_words
from pages.ui.runs.housekeeping import amount
from pages.ui.shell import controls, progress, state

# Cells of one width, under one another in all rows; where it is narrow as wide as they must be.
STYLE = """
<style>
  .lnl-cells { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: 0.875rem;
    font-variant-numeric: tabular-nums; opacity: 0.7; }
  .lnl-cells span { white-space: nowrap; }
  [data-testid="stHtml"]:has(> .lnl-cells) { container-type: inline-size; }
  @container (max-width: 42rem) {
    .lnl-cells { column-gap: 0.75rem; }
    .lnl-cells span { min-width: 0 !important; }
  }
</style>
"""


@dataclass(frozen=True)
class Column:
    """A value of a run; ``label`` stands before it in the row."""

    title: str
    label: str
    value: Callable[[RunInfo], str]
    width: float = 6.5  # rem


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


COLUMNS = {
    "progress": Column("Epochs", "", lambda run: _epochs(run), 10.0),
    "last": Column("Last test accuracy", "test", lambda run: _percent(run.test_accuracy), 5.5),
    "best": Column("Best test accuracy", "best", lambda run: _percent(run.best_test_accuracy), 5.5),
    "duration": Column(
        "Duration", "took", lambda run: findings.duration(run.seconds) if run.seconds else "", 5.5
    ),
    "size": Column("Size on disk", "", lambda run: _size(run), 6.0),
    "started": Column("Started", "", lambda run: progress.when(run.created), 9.0),
    "method": Column("Method", "method", lambda run: run.spec.method),
    "data": Column("Data", "data", lambda run: run.data.title or run.spec.data_name, 8.0),
    "noise": Column("Noise", "noise", lambda run: noise_words(run.spec), 10.0),
    "rate": Column("Noise rate", "rate", lambda run: _noise_rate(run)),
    "network": Column("Network", "network", lambda run: run.spec.network or "", 10.0),
    "seed": Column("Seed", "seed", lambda run: str(run.spec.seed), 5.0),
    "device": Column("Device", "on", lambda run: run.device, 14.0),
}


def _noise_rate(run: RunInfo) -> str:
    rate = _percent(run.data.actual_noise_rate)
    return f"{rate} added" if run.data.noise_is_added else rate


def chooser() -> None:
    """Which columns are shown, behind a button."""
    with st.popover("Columns", icon=":material/view_column:"):
        titles = {name: column.title for name, column in COLUMNS.items()}
        controls.pills("Columns", titles, "columns", label_visibility="collapsed")


def cells(run: RunInfo, names: Sequence[str]) -> str:
    """The columns of a run, as HTML in their own order."""
    shown = (_cell(column, run) for name, column in COLUMNS.items() if name in names)
    return f"<div class='lnl-cells'>{''.join(shown)}</div>"


def _cell(column: Column, run: RunInfo) -> str:
    value = html.escape(column.value(run) or "–")
    words = f"{column.label} {value}".strip()
    return f"<span title='{column.title}' style='min-width: {column.width}rem'>{words}</span>"


def _epochs(run: RunInfo) -> str:
    return f"{run.epochs} epochs" if run.status == "done" else progress.words(run)


def _size(run: RunInfo) -> str:
    size = disk.run_size(state.store(), run.id).total
    return amount(size) if size else ""
