"""Every method on the embedded digits under three kinds of noise: ``tables/digits.csv``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lnl.evidence import csv_tables
from lnl.findings.spread import Spread, spread

TABLE = csv_tables.FOLDER / "digits.csv"
NOISES = (("symmetric", 0.4), ("pair", 0.4), ("instance", 0.3))


@dataclass(frozen=True)
class OnDigits:
    """A run at the method's own schedule. Fractions; ``average_precision`` of the detection."""

    method: str
    noise: str
    rate: float
    seed: int  # of the noise too
    epochs: int
    last: float  # test accuracy
    best: float  # test accuracy, over the epochs
    average_precision: float | None
    seconds: float  # training and evaluation
    device: str
    torch: str
    date: str

    @property
    def place(self) -> tuple[str, str, float, int]:
        """What is not measured twice."""
        return self.method, self.noise, self.rate, self.seed


Numbers = dict[str, Spread | None]  # by "last", "best", "average_precision", "seconds"


def read(table: Path = TABLE) -> list[OnDigits]:
    """All kept runs; none where there is no table."""
    return [OnDigits(**csv_tables.values(OnDigits, line)) for line in csv_tables.lines(table)]


def over_seeds(runs: Iterable[OnDigits]) -> dict[tuple[str, str], Numbers]:
    """Mean and spread over the seeds, by method and noise."""
    found: dict[tuple[str, str], list[OnDigits]] = {}
    for run in runs:
        found.setdefault((run.method, run.noise), []).append(run)
    names = ("last", "best", "average_precision", "seconds")
    return {
        place: {name: spread(getattr(run, name) for run in inside) for name in names}
        for place, inside in found.items()
    }
