"""The table of a comparison: last and best values, detection, time, and what was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lnl.comparison.groups import Group
from lnl.evidence.measured_reproductions import Result, read
from lnl.evidence.published import METRICS, Cell, answered_by, measured
from lnl.findings.spread import Spread, spread
from lnl.findings.summary import RunSummary
from lnl.records import RunInfo
from lnl.runs.store.search_columns import name_key

Unit = str  # "%" fractions shown in percent, "s" seconds, "" as it is


@dataclass(frozen=True)
class Column:
    """A number of the table."""

    title: str
    unit: Unit
    value: Callable[[RunSummary], float | None]
    help: str


COLUMNS = (
    Column("last", "%", lambda s: s.test_accuracy, "Test accuracy at the last epoch."),
    Column("best", "%", lambda s: s.best_test_accuracy, "Test accuracy at its best epoch."),
    Column(
        "by validation",
        "%",
        lambda s: s.test_accuracy_by_validation,
        "Test accuracy at the epoch whose validation accuracy is best: no test label chose it.",
    ),
    Column("gap", "%", lambda s: s.gap, "Best minus last: test accuracy lost by training further."),
    Column(
        "last ten",
        "%",
        lambda s: s.mean_of_last_ten,
        "Mean test accuracy of the last ten evaluated epochs, as many papers report it.",
    ),
    Column(
        "memorised",
        "%",
        lambda s: s.memorised,
        "Share of the mislabelled samples that are predicted as labelled, at the last epoch.",
    ),
    Column(
        "detection F1",
        "%",
        lambda s: s.detection.f1 if s.detection else None,
        "How well the method's selection finds mislabelled samples: harmonic mean of precision "
        "and recall, at the last epoch.",
    ),
    Column(
        "AUROC",
        "%",
        lambda s: s.detection.auroc if s.detection else None,
        "Probability that a clean sample has a higher clean score than a mislabelled one.",
    ),
    Column(
        "s / epoch", "s", lambda s: s.seconds_per_epoch, "Seconds per epoch, including evaluation."
    ),
    Column("seconds", "s", lambda s: s.seconds or None, "Total seconds of all epochs."),
)


@dataclass(frozen=True)
class Beside:
    """A published number, ours, and our own earlier trainings of that cell; all fractions."""

    cell: Cell
    ours: Spread | None
    reproduced: Spread | None
    schedules: tuple[str, ...]  # of the earlier trainings

    @property
    def published(self) -> float:
        """As printed, as a fraction."""
        return self.cell.value / 100

    @property
    def difference(self) -> float | None:
        """Ours minus theirs."""
        return None if self.ours is None else self.ours.mean - self.published

    @property
    def what(self) -> str:
        """The metric in words."""
        return METRICS[self.cell.metric]

    @property
    def where(self) -> str:
        """Paper and table."""
        return f"{self.cell.paper}, table {self.cell.table}"


@dataclass(frozen=True)
class Row:
    """A run, or several as one."""

    run: RunInfo  # the first of them
    name: str
    method: str  # "" where they are of several
    count: int
    values: dict[str, Spread | None]  # by the column's title
    beside: tuple[Beside, ...]

    @property
    def accuracy(self) -> Beside | None:
        """The published test accuracy to name in the row itself."""
        return next((b for b in self.beside if b.cell.metric.startswith("acc")), None)


def rows(groups: Sequence[Group], summaries: Mapping[str, RunSummary]) -> list[Row]:
    """A row a group; ``summaries`` by run id. Raises KeyError for a run without one."""
    earlier = read()
    return [_row(group, [summaries[run.id] for run in group.runs], earlier) for group in groups]


def ordered(found: Sequence[Row], by: str) -> list[Row]:
    """The rows by a column's title, "-best" from the highest down; unknown numbers come last.

    By "run" in the order of names; as they are where there is no such column.
    """
    title, down = by.removeprefix("-"), by.startswith("-")
    if title == "run":
        return sorted(found, key=lambda row: name_key(row.name), reverse=down)
    values = {id(row): _number(row, title) for row in found}
    known = [row for row in found if values[id(row)] is not None]
    known.sort(key=lambda row: values[id(row)] or 0.0, reverse=down)
    return known + [row for row in found if values[id(row)] is None]


def _number(row: Row, title: str) -> float | None:
    published = row.accuracy
    if title == "published":
        return published.published if published else None
    if title == "difference":
        return published.difference if published else None
    value = row.values.get(title)
    return value.mean if value else None


def _row(group: Group, summaries: Sequence[RunSummary], earlier: Sequence[Result]) -> Row:
    values = {c.title: spread(c.value(s) for s in summaries) for c in COLUMNS}
    return Row(
        run=group.first,
        name=group.name,
        method=group.first.spec.method if len({r.spec.method for r in group.runs}) == 1 else "",
        count=len(group.runs),
        values=values,
        beside=tuple(_beside(cell, summaries, earlier) for cell in _answered(group)),
    )


def _answered(group: Group) -> list[Cell]:
    """The published cells that every run of the group stands beside."""
    first, *others = (answered_by(run.spec) for run in group.runs)
    return [cell for cell in first if all(cell in each for each in others)]


def _beside(cell: Cell, summaries: Sequence[RunSummary], earlier: Sequence[Result]) -> Beside:
    ours = spread(measured(cell.metric, summary) for summary in summaries)
    same = [result for result in earlier if result.answers(cell)]
    return Beside(
        cell,
        ours,
        spread(None if result.ours is None else result.ours / 100 for result in same),
        tuple(dict.fromkeys(result.schedule for result in same)),
    )
