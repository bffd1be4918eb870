"""How losses pull at one sample: value and gradient over a probability, for people to look at.

The functions are those of ``lnl.losses``, the gradients come from autograd: nothing is said twice.
The sample has the given label 0 and the complementary label 1; one of the two has the probability
on the axis, and all other classes share the rest evenly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnl import losses
from lnl.errors import BadInput, unknown
from lnl.shapes import PerSample

Over = Literal["given", "complementary"]
POINTS = 400


@dataclass(frozen=True)
class Scene:
    """What may be changed: whose probability is on the axis, and the numbers that losses have."""

    classes: int = 10
    over: Over = "given"
    threshold: float = 0.5  # γ of SelPL
    trust: float = 0.5  # α of RFL's bootstrapping

    def __post_init__(self) -> None:
        if self.classes < 3:
            raise BadInput(f"losses are compared over at least 3 classes, got {self.classes}")


@dataclass(frozen=True)
class LossCurve:
    """One loss; arrays are [P]."""

    name: str
    title: str
    x: NDArray[np.float32]  # the probability on the axis, rising within (0, 1)
    loss: NDArray[np.float32]
    pull: NDArray[np.float32]  # -∂loss/∂z_y: above 0 the given label's logit is raised


@dataclass(frozen=True)
class Piece:
    """A loss that can be looked at, named after the method that brings it."""

    name: str
    title: str
    told: str  # what its pull shows, over the confidence
    loss: Callable[[Sample], PerSample]


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


def _ce(s: Sample) -> PerSample:
    return losses.cross_entropy(s.logits, s.labels)


def _nl(s: Sample) -> PerSample:
    return losses.negative_learning(s.logits, s.complementary)


def _pm(s: Sample) -> PerSample:
    return losses.positive_multi_negative(s.logits, s.labels, s.others)


PIECES = (
    Piece("ce", "CE", "pulls with 1 - p: the less a label is believed, the harder.", _ce),
    Piece("nl", "NL", "hardly pulls at a label that is not believed; most in the middle.", _nl),
    Piece(
        "selnl",
        "SelNL",
        "is NL, for labels that are believed more than chance, 1/K.",
        lambda s: s.kept(_nl(s), 1 / s.scene.classes),
    ),
    Piece(
        "selpl",
        "SelPL",
        "is CE, for labels that are believed more than γ.",
        lambda s: s.kept(_ce(s), s.scene.threshold),
    ),
    Piece(
        "ml",
        "ML",
        "is NL on all K - 1 other classes at once, and pulls as many times as hard.",
        lambda s: losses.multi_negative_learning(s.logits, s.others),
    ),
    Piece("pm", "PM", "is CE and ML together, and pulls as hard as both.", _pm),
    Piece(
        "ce-ar",
        "CE+AR",
        "turns CE round: a label that is not believed does not count; it pulls most at one half.",
        lambda s: losses.adaptive_weights(s.confidence) * _ce(s),
    ),
    Piece(
        "pm-ar",
        "PM+AR",
        "weighs PM in the same way: a label that is not believed does not count.",
        lambda s: losses.adaptive_weights(s.confidence) * _pm(s),
    ),
    Piece(
        "rfl",
        "Bootstrapping",
        "trusts the given label by α, for the rest what the network itself predicts: at α = 0 it "
        "never raises a label that is not predicted.",
        lambda s: losses.bootstrap(s.logits, s.labels, s.scene.trust),
    ),
    Piece(
        "afmu",
        "AFMU",
        "forgets: pushes the label down as hard as CE pulls it up.",
        lambda s: losses.forget(s.logits, s.labels),
    ),
    Piece(
        "nsnl",
        "NSNL",
        "suppresses: pushes the label down the harder, the more it is believed.",
        lambda s: losses.negative_learning(s.logits, s.labels[:, None]),
    ),
)

_OF = {
    "": ("nl", "ce-ar"),
    "nl": ("nl",),
    "selnl": ("nl", "selnl"),
    "selpl": ("nl", "selpl"),
    "selnlpl": ("nl", "selnl", "selpl"),
    "nlnl": ("nl", "selnl", "selpl"),
    "ml": ("ml",),
    "pm": ("ml", "pm"),
    "ce-ar": ("ce-ar",),
    "pm-ar": ("pm", "pm-ar"),
    "pmnar": ("pm", "pm-ar"),
    "rfl": ("rfl",),
    "afmu": ("afmu",),
    "nsnl": ("nsnl",),
    "fine": ("afmu", "nsnl"),
}


def pieces_of(method: str) -> tuple[str, ...]:
    """The losses of a method beside CE; "" names those that tell most about all."""
    return "ce", *_OF.get(method, ())


def loss_curves(names: Sequence[str], scene: Scene | None = None) -> list[LossCurve]:
    """These losses of one sample. Raises BadInput for one that is not there."""
    known = {piece.name: piece for piece in PIECES}
    for name in names:
        if name not in known:
            raise unknown("loss", name, known)
    return [_curve(known[name], scene or Scene()) for name in names]


def _curve(piece: Piece, scene: Scene) -> LossCurve:
    x = (torch.arange(POINTS, dtype=torch.float64) + 0.5) / POINTS
    p = ((1 - x) / (scene.classes - 1))[:, None].repeat(1, scene.classes)
    p[:, 0 if scene.over == "given" else 1] = x
    logits = p.log().float().requires_grad_()
    each = piece.loss(Sample(logits, scene))
    (gradient,) = torch.autograd.grad(each.sum(), logits)
    return LossCurve(
        piece.name,
        piece.title,
        x.float().numpy(),
        each.detach().numpy(),
        np.float32(0) - gradient[:, 0].numpy(),  # no negative zero
    )
