"""Whether each lesson's claim holds on other seeds: of the network and of the wrong labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from lnl.catalogue import resolve
from lnl.errors import BadInput
from lnl.evidence import csv_tables
from lnl.lessons import LESSONS, Outcome, Planned, Seen
from lnl.lessons.finding import finished
from lnl.runs.running.training_here import train_here
from lnl.runs.store import RunStore


@dataclass(frozen=True)
class Checked:
    """One lesson on one seed."""

    lesson: int
    title: str
    seed: int
    shows: bool
    seconds: float  # wall clock of its runs, one thread: right on a machine that does nothing else
    epochs: int
    effects: str  # such as "memorised 0.96; test accuracy lost 0.31"


def check(store: RunStore, lessons: Sequence[int], seeds: Sequence[int]) -> Iterator[Checked]:
    """Train what the store does not hold yet, on one thread; a result a lesson and seed.

    Raises BadInput for a lesson that there is not.
    """
    odd = [number for number in lessons if not 1 <= number <= len(LESSONS)]
    if odd:
        raise BadInput(f"there is no lesson {odd[0]}: they are numbered 1 to {len(LESSONS)}")
    for number in lessons or range(1, len(LESSONS) + 1):
        for seed in seeds:
            yield _checked(store, number, seed)


def _checked(store: RunStore, number: int, seed: int) -> Checked:
    lesson = LESSONS[number - 1]
    runs = [_seen(store, planned) for planned in lesson.planned(seed=seed)]
    outcome = lesson.claim(runs)
    records = [record for run in runs for record in run.records]
    return Checked(
        lesson=number,
        title=lesson.title,
        seed=seed,
        shows=outcome.shows,
        seconds=round(sum(r.seconds + r.evaluation_seconds for r in records), 1),
        epochs=len(records),
        effects=_effects(outcome),
    )


def _seen(store: RunStore, planned: Planned) -> Seen:
    spec = replace(planned.spec, threads=1)
    here = finished(store.alike([spec]), resolve(spec).spec)
    run = store.run(here.id if here else train_here(store, spec))
    return Seen(planned.name, run.data, store.records(run.id, histograms=True))


def _effects(outcome: Outcome) -> str:
    return "; ".join(f"{name} {value:.3f}" for name, value in outcome.effects.items())


def write(results: Sequence[Checked], table: Path) -> None:
    """Put the results into a table, in the place of older ones of the same lesson and seed."""
    before = [Checked(**csv_tables.values(Checked, line)) for line in csv_tables.lines(table)]
    rows = {(row.lesson, row.seed): asdict(row) for row in [*before, *results]}
    csv_tables.write(table, Checked, (rows[key] for key in sorted(rows)))
