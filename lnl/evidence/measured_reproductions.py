"""Our own trainings of published cells, as ``tables/reproduction.csv`` keeps them; no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lnl.evidence import csv_tables
from lnl.evidence.published import Cell, Place

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
    limit: int | None  # trained on the first so many images; None: on all
    schedule: str
    seconds: float
    device: str
    torch: str

    @property
    def place(self) -> Place:
        """Which number of which table it was trained for."""
        at = (self.paper, self.table, self.dataset, self.network, self.noise, self.rate)
        return (*at, self.method, self.metric)

    def answers(self, cell: Cell) -> bool:
        """Whether it was trained for that cell."""
        return self.place == cell.place


def read(table: Path = TABLE) -> list[Result]:
    """The kept results; none where there is no table."""
    return [Result(**csv_tables.values(Result, line)) for line in csv_tables.lines(table)]
