"""Whether our trainings order a column's methods as the paper does; no torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lnl.evidence.measured_reproductions import Result, read
from lnl.evidence.paper_tables import Column, Part
from lnl.findings.rank_correlation import rank_correlation
from lnl.findings.spread import spread

FEWEST = 3  # two methods are in the same order or not, which is no correlation


@dataclass(frozen=True)
class Agreement:
    """A column's rank correlation, over the methods that were trained alike."""

    correlation: float | None  # None: all published, or all our values are equal
    methods: int
    epochs: int
    limit: int | None  # the first so many images; None: all

    @property
    def schedule(self) -> str:
        """In words, such as "20 epochs on the first 20,000 images"."""
        images = "all images" if self.limit is None else f"the first {self.limit:,} images"
        return f"{self.epochs} epoch{'s' * (self.epochs != 1)} on {images}"


def agreements(part: Part, results: Iterable[Result] | None = None) -> dict[Column, Agreement]:
    """For each column with at least three methods trained alike, in the order of the columns.

    Of several schedules the one counts with which most methods were trained, then the longest.
    """
    known = list(read() if results is None else results)
    found = {column: _agreement(part, column, known) for column in part.columns}
    return {column: agreement for column, agreement in found.items() if agreement}


def _agreement(part: Part, column: Column, results: list[Result]) -> Agreement | None:
    cells = [line.cells[column] for line in part.lines if column in line.cells]
    by_schedule: dict[tuple[int, int | None], list[tuple[float, float]]] = {}
    for cell in cells:
        answers = [result for result in results if result.answers(cell)]
        for schedule in dict.fromkeys((r.epochs, r.limit) for r in answers):
            ours = spread(r.ours for r in answers if (r.epochs, r.limit) == schedule)
            if ours:
                by_schedule.setdefault(schedule, []).append((cell.value, ours.mean))
    if not by_schedule:
        return None
    (epochs, limit), pairs = max(
        by_schedule.items(),
        key=lambda item: (len(item[1]), item[0][1] or float("inf"), item[0][0]),
    )
    if len(pairs) < FEWEST:
        return None
    published, ours_of = zip(*pairs, strict=True)
    return Agreement(rank_correlation(published, ours_of), len(pairs), epochs, limit)
