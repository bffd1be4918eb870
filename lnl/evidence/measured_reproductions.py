"""Our own trainings of published cells, as ``tables/reproduction.csv`` keeps them; no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lnl.evidence import csv_tables
from lnl.evidence.published import Cell

TABLE = csv_tables.FOLDER / "reproduction.csv"


@dataclass(frozen=True)
class Result:
    """One published cell with our value, both in percent."""

    paper: str
    table: str
    dataset: str
    network: str
    noise: str
    rate: float
    actual_noise_rate: float | None  # None: unknown
    method: str
    metric: str
    published: float
    ours: float | None  # None: undefined, as what is found where nothing is mislabelled
    seed: int
    epochs: int
    schedule: str
    seconds: float
    device: str
    torch: str

    def answers(self, cell: Cell) -> bool:
        """Whether it was trained for that cell."""
        names = ("paper", "table", "dataset", "network", "noise", "rate", "metric")
        same = all(getattr(self, name) == getattr(cell, name) for name in names)
        return same and self.method == cell.method_id


def read(table: Path = TABLE) -> list[Result]:
    """The kept results; none where there is no table."""
    return [Result(**csv_tables.values(Result, line)) for line in csv_tables.lines(table)]
