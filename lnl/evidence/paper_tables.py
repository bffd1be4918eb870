"""The papers' tables as they were printed: methods down, noise across, ours beside; no torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import inf

from lnl.evidence.measured_reproductions import Result, read
from lnl.evidence.published import METRICS, Cell, cells
from lnl.findings.spread import spread

Column = tuple[str, float]  # noise as printed, its rate


@dataclass(frozen=True)
class Line:
    """A method's row."""

    method: str  # as printed
    cells: dict[Column, Cell]


@dataclass(frozen=True)
class Part:
    """What a table says of one data set, one network and one metric."""

    dataset: str
    network: str
    metric: str  # in words
    columns: tuple[Column, ...]  # as printed
    lines: tuple[Line, ...]


def names() -> list[str]:
    """All tables with numbers that a run can have, such as "PMNAR, Table 1"."""
    return list(_tables())


def parts(name: str) -> list[Part]:
    """The parts of a table in their order; none of an unknown one."""
    found: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in _tables().get(name, ()):
        found.setdefault((cell.dataset, cell.network, cell.metric), []).append(cell)
    return [
        Part(dataset, network, METRICS[metric], _columns(inside), _lines(inside))
        for (dataset, network, metric), inside in found.items()
    ]


def ours(cell: Cell, results: Iterable[Result] | None = None) -> tuple[float, str] | None:
    """Mean over the seeds of our longest trainings of a cell, in percent, and their schedule."""
    known = read() if results is None else results
    answers = [result for result in known if result.answers(cell)]
    if not answers:
        return None
    longest = max(_length(result) for result in answers)
    kept = [result for result in answers if _length(result) == longest]
    found = spread(result.ours for result in kept)
    return (found.mean, kept[0].schedule) if found else None


def _length(result: Result) -> tuple[float, int]:
    """Of two trainings that on more images is the longer, then that of more epochs."""
    return result.limit or inf, result.epochs


@cache
def _tables() -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in cells():
        if cell.metric in METRICS:
            table = f"Table {cell.table}" if cell.table.isdigit() else cell.table.replace("-", " ")
            found.setdefault(f"{cell.paper}, {table}", []).append(cell)
    return found


def _columns(inside: list[Cell]) -> tuple[Column, ...]:
    return tuple(dict.fromkeys((cell.noise, cell.rate) for cell in inside))


def _lines(inside: list[Cell]) -> tuple[Line, ...]:
    found: dict[tuple[str, str], dict[Column, Cell]] = {}
    for cell in inside:
        printed = (cell.printed, cell.method_id)
        found.setdefault(printed, {})[cell.noise, cell.rate] = cell
    return tuple(Line(method, by_column) for (method, _), by_column in found.items())
