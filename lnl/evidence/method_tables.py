"""What the papers published on a method, a row for each setting, with ours under it; no torch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lnl.defaults import BASELINE
from lnl.evidence import paper_tables
from lnl.evidence.measured_reproductions import Result
from lnl.evidence.measured_reproductions import read as reproduced
from lnl.evidence.published import METRICS, Cell, cells
from lnl.methods.cards import cards


@dataclass(frozen=True)
class Row:
    """A row of a printed table: one setting, a value in percent for each noise rate."""

    method: str  # as printed
    dataset: str
    network: str
    noise: str
    metric: str  # in words
    table: str
    published: dict[float, float] = field(default_factory=dict)
    ours: dict[float, float] = field(default_factory=dict)  # mean over the seeds trained so far
    schedule: str = ""  # of ours


def rows(method: str) -> list[Row]:
    """Of all papers, in the order of their tables; empty where nothing was published."""
    results, within = reproduced(), _within(method)
    found: dict[tuple[str, ...], Row] = {}
    for cell in cells():
        about = cell.our_method == method or cell.method_id in within
        if not about or cell.metric not in METRICS:
            continue
        head = (cell.printed, cell.dataset, cell.network, cell.noise, METRICS[cell.metric])
        table = f"{cell.paper}, Table {cell.table}" if cell.table.isdigit() else cell.paper
        row = found.get((*head, table), Row(*head, table))
        row = replace(row, published={**row.published, cell.rate: cell.value})
        found[(*head, table)] = _with_ours(row, cell, results)
    return list(found.values())


def published_cost(method: str) -> float | None:
    """Training hours beside those of CE, where a paper prints both."""
    hours = {c.our_method: c.value for c in cells() if c.metric == "train_hours"}
    known = method in hours and BASELINE in hours
    return hours[method] / hours[BASELINE] if known else None


def _within(method: str) -> tuple[str, ...]:
    """Ids of another method whose cells are about this one."""
    card = cards().get(method)
    return card.published.within if card else ()


def _with_ours(row: Row, cell: Cell, results: list[Result]) -> Row:
    """The row with the mean over the seeds of our longest trainings for that cell."""
    found = paper_tables.ours(cell, results)
    if found is None:
        return row
    mean, schedule = found
    known = filter(None, row.schedule.split("; "))
    schedules = "; ".join(dict.fromkeys([*known, schedule]))
    return replace(row, ours={**row.ours, cell.rate: mean}, schedule=schedules)
