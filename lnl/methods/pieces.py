"""What the loss explorer draws: a home's ``curves.py`` lists its losses as ``PIECES``.

The sample has the given label 0 and the complementary label 1; one of the two has the probability
on the axis, and all other classes share the rest evenly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from lnl import losses
from lnl.errors import BadInput
from lnl.shapes import PerSample

Over = Literal["given", "complementary"]


@dataclass(frozen=True)
class Number:
    """A number that a loss has, and its slider."""

    name: str  # of the argument
    title: str
    told: str
    value: float = 0.5
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05


@dataclass(frozen=True)
class Piece:
    """A loss that can be looked at, named after the method that brings it.

    ``loss`` and ``cut`` get sample or scene, and each of ``numbers`` by name.
    """

    name: str
    told: str  # what its pull shows, over the confidence
    loss: Callable[..., PerSample]
    title: str = ""  # where it is not the method's
    numbers: tuple[Number, ...] = ()
    cut: Callable[..., tuple[str, float]] | None = None  # the confidence from which on it is

    def at(self, scene: Scene) -> dict[str, float]:
        """Its numbers there, by name."""
        said = scene.numbers.get
        return {each.name: said(f"{self.name}.{each.name}", each.value) for each in self.numbers}


@dataclass(frozen=True)
class Scene:
    """What may be changed: whose probability is on the axis, and the numbers that losses have."""

    classes: int = 10
    over: Over = "given"
    numbers: Mapping[str, float] = field(default_factory=dict)  # such as "selpl.gamma"

    def __post_init__(self) -> None:
        if self.classes < 3:
            raise BadInput(f"losses are compared over at least 3 classes, got {self.classes}")


@dataclass(frozen=True)
class Sample:
    """One sample at every probability, as rows of a batch: logits [P, K] and what losses ask."""

    logits: Tensor
    scene: Scene

    @property
    def labels(self) -> Tensor:
        """The given label, [P]."""
        return self.logits.new_zeros(len(self.logits), dtype=torch.long)

    @property
    def complementary(self) -> Tensor:
        """One complementary label, [P, 1]."""
        return self.labels[:, None] + 1

    @property
    def others(self) -> Tensor:
        """All classes but the given one, [P, K] bool."""
        return torch.arange(self.scene.classes).expand_as(self.logits) > 0

    @property
    def confidence(self) -> Tensor:
        """p_y, [P]; no gradient goes through it."""
        return losses.log_confidence(self.logits.detach(), self.labels).exp()

    def kept(self, loss: PerSample, cut: float) -> PerSample:
        """The loss where the given label is believed more than ``cut``, else none."""
        return torch.where(self.confidence > cut, loss, torch.zeros_like(loss))
