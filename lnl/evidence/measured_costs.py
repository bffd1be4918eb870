"""What an epoch of each method costs beside one of CE, as measured: ``tables/costs.csv``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from lnl.evidence import csv_tables

TABLE = csv_tables.FOLDER / "costs.csv"


@dataclass(frozen=True)
class StageCost:
    """One stage of a schedule: its share of the epochs, and its epoch's cost (CE is 1)."""

    name: str
    share: float
    ratio: float


@dataclass(frozen=True)
class Cost:
    """A method beside CE on the same data, network and batch size. Ratios: CE is 1.

    A mean over the stages of the method's schedule, each by its share of the epochs; the ends of
    the range are those of its rounds.
    """

    method: str
    dataset: str
    images: int
    network: str
    batch_size: int
    rounds: int  # counted ones, of each stage
    training: float  # the training passes alone
    training_low: float
    training_high: float
    epoch: float  # with evaluation and record, without the store
    epoch_low: float
    epoch_high: float
    epoch_seconds: float
    stages: tuple[StageCost, ...]  # of the whole epoch
    memory: float | None  # peak growth while it trains, CE is 1; None: cannot be told here
    memory_mb: float | None
    base: str  # the method that it was added to; empty for all but wrappers
    device: str
    torch: str
    date: str

    @property
    def times(self) -> str:
        """Of an epoch, such as "3.5 × CE"."""
        return f"{self.epoch:.1f} × CE"

    @property
    def case(self) -> tuple[str, ...]:
        """What a newer measurement replaces."""
        return self.method, self.dataset, self.network, self.device


def read(table: Path = TABLE) -> list[Cost]:
    """All kept measurements; none where there is no table."""
    return [_parsed(line) for line in csv_tables.lines(table)]


def newest() -> dict[str, Cost]:
    """The newest of each method; one on a CUDA device before one on a CPU."""
    ordered = sorted(read(), key=lambda cost: ("CPU" not in cost.device, cost.date), reverse=True)
    return {cost.method: cost for cost in reversed(ordered)}


def keep(costs: Iterable[Cost], table: Path = TABLE) -> None:
    """Write measurements into the table, over older ones of the same case."""
    rows = {cost.case: cost for cost in [*read(table), *costs]}
    csv_tables.write(table, Cost, map(_row, rows.values()))


def _row(cost: Cost) -> dict[str, object]:
    words = (f"{s.name}:{s.share:.3f}:{s.ratio:.3f}" for s in cost.stages)
    return {**asdict(cost), "stages": " ".join(word.replace(" ", "_") for word in words)}


def _parsed(line: dict[str, str]) -> Cost:
    stages = tuple(map(_stage, line["stages"].split()))
    return Cost(**csv_tables.values(Cost, line), stages=stages)


def _stage(word: str) -> StageCost:
    name, share, ratio = word.rsplit(":", 2)
    return StageCost(name.replace("_", " "), float(share), float(ratio))
