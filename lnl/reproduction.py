"""Our own trainings of published cells, as ``benchmarks/reproduction.csv`` keeps them; no torch."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path

from lnl.published import FOLDER, Cell

TABLE = FOLDER / "reproduction.csv"


@dataclass(frozen=True)
class Result:
    """One published cell with our value, both in percent."""

    paper: str
    table: str
    dataset: str
    network: str
    noise: str
    rate: float
    actual_noise_rate: float
    method: str
    metric: str
    published: float
    ours: float
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
    if not table.exists():
        return []
    kinds = {"float": float, "int": int, "str": str}
    with table.open(newline="", encoding="utf-8") as file:
        return [
            Result(**{f.name: kinds[str(f.type)](row[f.name]) for f in fields(Result)})
            for row in csv.DictReader(file)
        ]
