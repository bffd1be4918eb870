"""The papers' tables: as they were printed, ours beside them, each cell a run to train."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.evidence import measured_reproductions, paper_tables
from lnl.evidence.paper_tables import Column, Part
from lnl.evidence.published import Cell
from lnl.evidence.rank_agreement import agreements
from lnl.records import RunSpec
from pages.ui.forms import setup
from pages.ui.methods.cell_table import Number, cell_table
from pages.ui.methods.published_table import NOISE
from pages.ui.shell import controls, frame, in_view, navigation, parts, progress
from pages.ui.shell.address import Address

CHOSEN = "_published_cell"
SHORT = (
    "Only trainings of equal length are compared, which may be shorter than those that the table "
    "shows. Short ones memorise few wrong labels: methods lie close together, and those that need "
    "many epochs come last."
)


def published_page() -> None:
    """One table, chosen by name; a click on a number opens the run that answers it."""
    names = paper_tables.names()
    name = controls.select("Table", {each: each for each in names}, "table", default=names[0])
    st.caption(
        "In percent, as printed. Under a number stands our own training of the same cell, where "
        "there is one. A click sets that run up."
    )
    cells: dict[str, Cell] = {}
    for place, part in enumerate(paper_tables.parts(name)):
        st.subheader(f"{part.dataset}, {part.network}", anchor=False)
        st.caption(part.metric)
        _part(f"{name}/{place}", part, cells)
    asked = cells.get(st.session_state.pop(CHOSEN, ""))
    if asked is not None:
        _offer(asked)


def _part(name: str, part: Part, cells: dict[str, Cell]) -> None:
    ours = _ours(name.rpartition("/")[0])
    lines = []
    for row, line in enumerate(part.lines):
        numbers: list[Number | None] = []
        for column, at in enumerate(part.columns):
            cell = line.cells.get(at)
            key = f"{name}/{row}/{column}"
            if cell is not None and cell.spec is not None:
                cells[key] = cell
            numbers.append(_number(cell, key, ours))
        lines.append((line.method, numbers))
    head = ["method", *map(_heading, part.columns)]
    cell_table(head, lines, _choose, key=f"cells_{name}")
    for text in _agreement(part):
        st.caption(text, help=SHORT)


def _choose(key: str) -> None:
    st.session_state[CHOSEN] = key


def _heading(column: Column) -> str:
    noise, rate = column
    named = NOISE.get(noise, noise)
    return named if noise in ("clean", "real", "average") else f"{named} {rate:.0%}"


def _number(cell: Cell | None, key: str, ours: dict[Cell, tuple[float, str]]) -> Number | None:
    if cell is None:
        return None
    value, schedule = ours.get(cell, (None, ""))
    under = "" if value is None else f"ours {value:.2f}"
    text = f"{cell.value:.2f}"
    if cell.spec is None:
        return Number(text, under, help=_why_not(cell))
    return Number(text, under, key, f"Our schedule: {schedule}" if schedule else cell.note)


def _why_not(cell: Cell) -> str:
    if cell.card is None:
        return "Published only: this method is not here."
    return "Published only: these data or this network are not here yet."


@st.cache_data(ttl=60, show_spinner=False)
def _ours(table: str) -> dict[Cell, tuple[float, str]]:
    results = measured_reproductions.read()
    found = {}
    for part in paper_tables.parts(table):
        for cell in (cell for line in part.lines for cell in line.cells.values()):
            value = paper_tables.ours(cell, results)
            if value is not None:
                found[cell] = value
    return found


@st.cache_data(ttl=60, show_spinner=False)
def _agreement(part: Part) -> list[str]:
    """Whether ours are in the paper's order, a line a schedule."""
    by_schedule: dict[str, list[str]] = {}
    for column, found in agreements(part).items():
        value = "undefined" if found.correlation is None else f"{found.correlation:.2f}"
        told = f"{_heading(column)} **{value}** ({found.methods} methods)"
        by_schedule.setdefault(found.schedule, []).append(told)
    return [
        f"Rank correlation of the methods, ours with the paper's (Spearman), each trained for "
        f"{schedule}: {', '.join(values)}."
        for schedule, values in by_schedule.items()
    ]


@st.dialog("The run of this cell")
def _offer(cell: Cell) -> None:
    spec = cell.spec
    if spec is None:
        return
    title = catalogue.method(spec.method).title
    st.markdown(
        f"**{parts.plain(title)}** on {parts.plain(cell.dataset)}, {parts.plain(cell.network)}, "
        f"{parts.plain(_heading((cell.noise, cell.rate)))}. "
        f"{parts.plain(cell.paper)} printed {cell.value:.2f} %."
    )
    epochs = st.number_input(
        "Epochs",
        min_value=1,
        max_value=5000,
        value=None,
        placeholder="as in the paper",
        help="Fewer epochs scale every stage of the schedule.",
    )
    spec = replace(spec, epochs=epochs)
    if _told(spec) and st.button("Train it", type="primary", icon=":material/play_arrow:"):
        ids = setup.start([spec])
        if ids is not None:
            navigation.go(frame.file_of("Watch"), in_view.chosen(Address(runs=tuple(ids))))


def _told(spec: RunSpec) -> bool:
    """The schedule in words; whether the run can be started."""
    try:
        planned = catalogue.resolve(spec)
    except LnlError as error:
        parts.error_box(error)
        return False
    st.caption(f"{progress.planned(planned.stages)}, batch {planned.recipe.batch_size}.")
    return True
