"""What the trainer hands to a method, and what a method says: plain frozen values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from lnl.methods.schedule import StagePlan
from lnl.shapes import Batch, View


@dataclass(frozen=True)
class Stream:
    """Which samples a pass shows, how, and how many at a time."""

    views: tuple[View, ...] = ("weak",)
    index: Tensor | None = None  # places in the training set; None: all
    batch_size: int | None = None  # None: the run's
    drop_last: bool = False
    selected: Tensor | None = None  # [N] bool: the samples that losses are about; None: not said


Pass = tuple[Stream, ...]
"""One sweep: the first stream sets its length, others cycle; no rows: no steps / empty batches."""


@dataclass(frozen=True)
class Predictions:
    """A network's view of all N training samples: eval mode, no gradient."""

    probabilities: Tensor  # [N, K] float32
    logits: Tensor  # [N, K] float32
    given_labels: Tensor  # [N]
    features_of: Callable[[], Tensor] = field(repr=False)

    @property
    def confidence(self) -> Tensor:
        """Probability of the given label, [N]."""
        return self.probabilities.gather(1, self.given_labels[:, None])[:, 0]

    @property
    def losses(self) -> Tensor:
        """Cross entropy with the given label, [N]."""
        return nn.functional.cross_entropy(self.logits, self.given_labels, reduction="none")

    @property
    def features(self) -> Tensor:
        """What the head sees, [N, D]; the first use costs a forward of everything."""
        return self.features_of()


@dataclass(frozen=True)
class Step:
    """One optimiser step."""

    batches: tuple[Batch, ...]  # one a stream
    stage: StagePlan  # with the scaled number of epochs
    epoch: int  # of the run, from 0
    stage_epoch: int  # of the stage, from 0
    pass_index: int
    progress: float  # share of the stage that is done, exact within the epoch
    random_of: Callable[[str], torch.Generator] = field(repr=False)
    selected: int | None = (
        None  # rows of the first batch in its stream's selection, where it has one
    )
    show_filtered: bool = False  # a wrapper also wants the rows not trained on, or mixed

    @property
    def batch(self) -> Batch:
        """The first stream's rows."""
        return self.batches[0]

    def random(self, name: str) -> torch.Generator:
        """A generator of its own for each (seed, epoch, pass, step, name), on the run's device."""
        return self.random_of(name)


@dataclass(frozen=True)
class EpochContext:
    """For what happens before, between and after the passes of an epoch."""

    stage: StagePlan  # with the scaled number of epochs
    epoch: int  # of the run, from 0
    stage_epoch: int  # of the stage, from 0
    predict: Callable[[nn.Module, View, int], Predictions] = field(repr=False)
    random_of: Callable[[str], torch.Generator] = field(repr=False)

    def random(self, name: str) -> torch.Generator:
        """A generator of its own for each (seed, epoch, name), on the run's device."""
        return self.random_of(name)

    def predictions(self, network: nn.Module, view: View = "plain", draws: int = 1) -> Predictions:
        """All N samples through the network, cached until its weights change.

        With several ``draws`` of a random view the probabilities are averaged.
        """
        return self.predict(network, view, draws)


@dataclass(frozen=True)
class Shown:
    """What a network was shown in a step and how it was treated; read by wrappers such as FINE."""

    logits: Tensor  # [B, K] with gradient
    given_labels: Tensor  # [B]
    index: Tensor  # [B]
    selected: Tensor | None = None  # [B] bool: treated as clean (warm-up: all); None: never selects
    inferred_labels: Tensor | None = None  # [B] the method's own belief, where it has one


@dataclass(frozen=True)
class StepOutput:
    """Named scalar losses, summed by the engine for one backward; ``{}`` is no update."""

    losses: dict[str, Tensor]
    shown: dict[str, Shown] = field(default_factory=dict)  # by network attribute


@dataclass(frozen=True)
class CleanScores:
    """A method's belief, per sample, that the given label is right."""

    scores: Tensor  # [N] in [0, 1]
    selection: Tensor  # [N] bool: what the method now treats as clean
    threshold: float | None = None  # where the selection is one cut of the scores
