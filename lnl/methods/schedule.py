"""A method's schedule as plain data: known before any network exists, and comparable.

A part is named by its dotted attribute, a module or a parameter: "network", "network.last_block",
"over_u"; "" is the whole method. Values over a stage are numbers or curves of its progress.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from lnl.errors import BadInput
from lnl.methods.settings import MethodSettings
from lnl.records import StageSpan
from lnl.shapes import Recipe

OptimiserKind = Literal["sgd", "adam", "adamw", "adagrad"]


@dataclass(frozen=True)
class Steps:
    """``start``, multiplied by ``factor`` at each milestone (shares of the stage)."""

    start: float
    milestones: tuple[float, ...]
    factor: float

    def __call__(self, progress: float) -> float:
        """The value at a progress in [0, 1)."""
        return self.start * self.factor ** sum(progress >= m for m in self.milestones)


@dataclass(frozen=True)
class Levels:
    """The first level, and from each milestone (a share of the stage) on the next one."""

    levels: tuple[float, ...]
    milestones: tuple[float, ...]  # one fewer

    def __call__(self, progress: float) -> float:
        """The value at a progress in [0, 1)."""
        # Inside a repeated curve thirds are rounded.
        return self.levels[sum(progress >= m - 1e-9 for m in self.milestones)]


@dataclass(frozen=True)
class Cosine:
    """``start`` up to the progress ``since``, then half a cosine down to near ``end``."""

    start: float
    end: float
    since: float = 0.0

    def __call__(self, progress: float) -> float:
        """The value at a progress in [0, 1): end + (start - end) (1 + cos(π gone)) / 2."""
        gone = max(0.0, progress - self.since) / (1 - self.since)
        return self.end + (self.start - self.end) * (1 + math.cos(math.pi * gone)) / 2


@dataclass(frozen=True)
class Linear:
    """``start`` up to the progress ``since``, then in a straight line to ``end``."""

    start: float
    end: float
    since: float = 0.0

    def __call__(self, progress: float) -> float:
        """The value at a progress in [0, 1)."""
        gone = max(0.0, progress - self.since) / (1 - self.since)
        return self.start + (self.end - self.start) * gone


@dataclass(frozen=True)
class Repeated:
    """A curve, so many times over: at each start it is back at its own (warm restarts)."""

    curve: Curve
    times: int

    def __call__(self, progress: float) -> float:
        """The value at a progress in [0, 1)."""
        # Rounded: the start of a round must not be taken for the end of the one before.
        return self.curve(round(progress * self.times, 9) % 1)


@dataclass(frozen=True)
class PartOf:
    """What a curve over ``total`` epochs says from its epoch ``first`` to ``last``."""

    whole: Curve
    first: int
    last: int
    total: int

    def __call__(self, progress: float) -> float:
        """The value at a progress in [0, 1) of this part."""
        # Rounded: a milestone such as 100 of 300 must not be missed by the last digit.
        return self.whole(round(self.first + progress * (self.last - self.first), 6) / self.total)


Curve = Steps | Levels | Cosine | Linear | Repeated | PartOf
Value = float | Curve


def value_at(value: Value, progress: float) -> float:
    """A value at a stage's progress in [0, 1)."""
    return value(progress) if callable(value) else value


@dataclass(frozen=True)
class OptimiserPlan:
    """What one optimiser trains and how; values are absolute."""

    parts: tuple[str, ...]
    learning_rate: Value
    kind: OptimiserKind = "sgd"
    momentum: Value = 0.9  # of SGD
    weight_decay: Value = 0.0
    beta_1: Value = 0.9  # of Adam
    beta_2: Value = 0.999
    nesterov: bool = False
    clip_norm: float | None = None  # the gradients' norm, over all parts; None: not clipped

    def goes_on_from(self, before: OptimiserPlan | None) -> bool:
        """Whether the optimiser of the stage before is the same one, with other values."""
        return before is not None and (self.parts, self.kind, self.nesterov) == (
            before.parts,
            before.kind,
            before.nesterov,
        )


@dataclass(frozen=True)
class StagePlan:
    """A part of a schedule with its own optimisers; a module in none of them rests."""

    name: str
    epochs: int
    optimisers: Mapping[str, OptimiserPlan] = field(default_factory=dict)
    restart: tuple[str, ...] = ()  # modules that get new weights when the stage is entered


def sgd(
    settings: MethodSettings, *parts: str, learning_rate: Value, nesterov: bool = False
) -> OptimiserPlan:
    """SGD as the settings say."""
    return OptimiserPlan(
        parts,
        learning_rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        nesterov=nesterov,
    )


def stepped(rate: float, recipe: Recipe) -> Value:
    """The rate, lowered at the recipe's milestones."""
    return Steps(rate, recipe.milestones, recipe.decay) if recipe.milestones else rate


def part_of(whole: Value, first: int, last: int, total: int) -> Value:
    """What a value over ``total`` epochs says from its epoch ``first`` to ``last``."""
    return PartOf(whole, first, last, total) if callable(whole) else whole


def inside(prefix: str, stages: Sequence[StagePlan]) -> list[StagePlan]:
    """The schedule of a method that is an attribute of another, such as "base"."""

    def within(parts: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{prefix}.{part}".rstrip(".") for part in parts)

    return [
        replace(
            stage,
            optimisers={
                name: replace(plan, parts=within(plan.parts))
                for name, plan in stage.optimisers.items()
            },
            restart=within(stage.restart),
        )
        for stage in stages
    ]


def scale(stages: Sequence[StagePlan], epochs: int | None) -> list[StagePlan]:
    """The stages at ``epochs`` in all, proportions kept; None leaves the method's own.

    Stages of no epochs are left out; each other keeps at least one.
    Raises BadInput if there are fewer epochs than stages.
    """
    stages = [stage for stage in stages if stage.epochs > 0]
    if not stages:
        raise BadInput("every stage has 0 epochs: give at least one stage an epoch")
    if epochs is None:
        return stages
    if epochs < len(stages):
        names = ", ".join(stage.name for stage in stages)
        raise BadInput(
            f"epochs must be at least {len(stages)}, one for each stage ({names}), got {epochs}"
        )
    total = sum(stage.epochs for stage in stages)
    ideal = [stage.epochs * epochs / total for stage in stages]
    counts = [max(1, int(share)) for share in ideal]
    while sum(counts) != epochs:
        step = 1 if sum(counts) < epochs else -1
        # The stage furthest from its share gives or takes; none falls below one epoch.
        open_to = [i for i, count in enumerate(counts) if count + step >= 1]
        furthest = max(open_to, key=lambda i: step * (ideal[i] - counts[i]))
        counts[furthest] += step
    return [replace(stage, epochs=count) for stage, count in zip(stages, counts, strict=True)]


def spans(stages: Sequence[StagePlan]) -> tuple[StageSpan, ...]:
    """First and last epoch of each stage, counted from 1."""
    found, done = [], 0
    for stage in stages:
        found.append(StageSpan(stage.name, done + 1, done + stage.epochs))
        done += stage.epochs
    return tuple(found)
