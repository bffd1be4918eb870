"""Published table cells, ours beside theirs: trains what the data at hand allow."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import torch

from lnl.data import dataset_cards
from lnl.errors import BadInput
from lnl.evidence.measured_reproductions import Result, read
from lnl.evidence.published import Cell, cells, measured
from lnl.findings.summary import RunSummary
from lnl.records import RunSpec
from lnl.training import Trainer, prepare


@dataclass(frozen=True)
class Choice:
    """Which cells, how long, how often. Empty ``papers`` and ``tables`` mean all."""

    papers: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    rates: tuple[float, ...] = ()
    epochs: int | None = None  # None: the recipe's; the paper's with preset "paper"
    preset: str | None = None
    seeds: tuple[int, ...] = (0,)
    limit: int | None = None
    device: str = "auto"
    threads: int | None = None
    data_dir: str | None = None

    def admits(self, cell: Cell) -> bool:
        """Whether the cell was asked for."""
        spec = cell.spec
        pairs = [
            (self.papers, cell.paper),
            (self.tables, cell.table),
            (self.datasets, spec.dataset if spec else ""),
            (self.methods, spec.method if spec else ""),
            (self.rates, cell.rate),
        ]
        return spec is not None and all(not wanted or got in wanted for wanted, got in pairs)


def runnable(choice: Choice) -> list[tuple[RunSpec, list[Cell]]]:
    """The runs to be made, each with the cells it answers. Raises BadInput if there is none."""
    there = {card.name for card in dataset_cards(choice.data_dir) if card.available}
    groups: dict[str, tuple[RunSpec, list[Cell]]] = {}
    for cell in cells():
        spec = cell.spec
        if spec is None or not choice.admits(cell) or spec.dataset not in there:
            continue
        groups.setdefault(spec.to_json(), (spec, []))[1].append(cell)
    if not groups:
        raise BadInput(
            "no published cell fits: check the names of paper, table, data set and method, and "
            f"that the data are there (data sets found: {', '.join(sorted(there))})"
        )
    return list(groups.values())


def reproduce(choice: Choice, table: Path) -> Iterator[Result]:
    """Train run after run and yield the results; each is appended to ``table`` at once.

    What the table already holds at the same seed, epochs and limit is not trained again.
    """
    done = {_identity(row) for row in read(table)}
    for wanted, answered in runnable(choice):
        for seed in choice.seeds:
            spec, trainer = prepare(_completed(wanted, choice, seed))
            length = (seed, trainer.epochs, choice.limit)
            missing = [cell for cell in answered if (cell.place, *length) not in done]
            if missing:
                results = list(_run(spec, trainer, missing))
                _append(table, results)
                yield from results


def _completed(spec: RunSpec, choice: Choice, seed: int) -> RunSpec:
    return replace(
        spec,
        seed=seed,
        noise_seed=seed,
        epochs=choice.epochs,
        preset=choice.preset,
        limit=choice.limit,
        device=choice.device,
        threads=choice.threads,
        data_dir=choice.data_dir,
    )


def _run(spec: RunSpec, trainer: Trainer, answered: Sequence[Cell]) -> Iterator[Result]:
    records = [snapshot.record for snapshot in trainer]
    summary = RunSummary.of("", trainer.data.facts, records)
    method = trainer.method
    own = sum(stage.epochs for stage in method.schedule(method.settings, method.spec.recipe))
    scaled = f" of the method's {own}" if own != trainer.epochs else ""
    schedule = f"{trainer.epochs} epochs{scaled}"
    if spec.preset:
        schedule += f", preset {spec.preset}"
    if spec.limit:
        schedule += f", {spec.limit} images"
    for name, value in answered[0].besides.items():
        schedule += f", {name}={value}"
    for cell in answered:
        yield Result(
            paper=cell.paper,
            table=cell.table,
            dataset=cell.dataset,
            network=cell.network,
            noise=cell.noise,
            rate=cell.rate,
            actual_noise_rate=_rounded(trainer.data.noise.actual_rate, 4),
            method=cell.method_id,
            metric=cell.metric,
            published=cell.value,
            ours=_rounded(measured(cell.metric, summary), 2, scale=100),
            seed=spec.seed,
            epochs=trainer.epochs,
            limit=spec.limit,
            schedule=schedule,
            seconds=round(summary.seconds, 1),
            device=trainer.device_title,
            torch=torch.__version__,
        )


def _rounded(value: float | None, digits: int, scale: float = 1) -> float | None:
    return None if value is None else round(scale * value, digits)


def _append(table: Path, results: Sequence[Result]) -> None:
    new = not table.exists()
    with table.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Result)], lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(asdict(result) for result in results)


def _identity(row: Result) -> tuple[object, ...]:
    return row.place, row.seed, row.epochs, row.limit
