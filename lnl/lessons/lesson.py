"""What a lesson is: plain data, and a claim that is read off the records of its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lnl.records import DataFacts, EpochRecord, RunSpec


@dataclass(frozen=True)
class Seen:
    """A finished run as a claim looks at it."""

    name: str
    data: DataFacts
    records: Sequence[EpochRecord]  # with histograms

    @property
    def last(self) -> EpochRecord:
        """The last epoch."""
        return self.records[-1]


@dataclass(frozen=True)
class Outcome:
    """What the runs show: whether it is what the lesson claims, in words, in numbers."""

    shows: bool
    text: str
    effects: dict[str, float]


@dataclass(frozen=True)
class Planned:
    """A run of a lesson, and what it is called there."""

    name: str
    spec: RunSpec


@dataclass(frozen=True)
class Change:
    """The same experiment with one thing changed; its outcome may well be another."""

    text: str
    runs: tuple[Planned, ...]


@dataclass(frozen=True)
class Lesson:
    """A guided experiment. Texts are Markdown of at most 60 words."""

    title: str
    source: str
    learns: str  # what one learns, in a sentence that does not tell the answer
    seconds: int  # of training on one idle CPU core, measured: seed 0 of benchmarks/lessons.csv
    question: str
    choices: tuple[str, ...]
    answer: int  # the choice that is right if the outcome shows what is claimed
    runs: tuple[Planned, ...]
    watch: str  # what to look at while it trains
    panels: tuple[str, ...]  # labels
    claim: Callable[[Sequence[Seen]], Outcome]
    why: str
    changes: tuple[Change, ...]

    def planned(self, change: int | None = None, seed: int = 0) -> tuple[Planned, ...]:
        """The runs, as they are or with a change (from 1); ``seed`` draws network and noise."""
        runs = self.runs if change is None else self.changes[change - 1].runs
        return tuple(
            replace(run, spec=replace(run.spec, seed=seed, noise_seed=seed)) for run in runs
        )


def changed(runs: Sequence[Planned], **values: Any) -> tuple[Planned, ...]:
    """The same runs with other values in their specs; ``settings`` are added to those there."""
    more = values.pop("settings", {})
    return tuple(
        replace(run, spec=replace(run.spec, settings={**run.spec.settings, **more}, **values))
        for run in runs
    )
