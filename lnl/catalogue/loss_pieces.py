"""How losses pull at one sample: value and gradient over a probability, for people to look at.

The losses are the pieces of the methods' homes, made of the functions that train, and the gradients
come from autograd: nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import torch
from numpy.typing import NDArray

from lnl.defaults import BASELINE, FIRST_LOSSES
from lnl.errors import unknown
from lnl.methods import cards
from lnl.methods.pieces import Number, Piece, Sample, Scene

__all__ = ["LossCurve", "Number", "Piece", "Scene", "loss_curves", "loss_cuts"]
__all__ += ["pieces", "pieces_of"]
POINTS = 400


@dataclass(frozen=True)
class LossCurve:
    """One loss; arrays are [P]."""

    name: str
    title: str
    x: NDArray[np.float32]  # the probability on the axis, rising within (0, 1)
    loss: NDArray[np.float32]
    pull: NDArray[np.float32]  # -∂loss/∂z_y: above 0 the given label's logit is raised


@cache
def pieces() -> Mapping[str, Piece]:
    """All losses that can be looked at, by name, paper by paper."""
    known, places = cards.cards(), [group.name for group in cards.groups()]
    with_curves = [home for home in cards.homes() if find_spec(f"{home}.curves")]
    found = [p for home in with_curves for p in import_module(f"{home}.curves").PIECES]
    found.sort(key=lambda piece: places.index(known[piece.name].group.name))
    return {p.name: replace(p, title=p.title or known[p.name].title) for p in found}


def pieces_of(method: str) -> tuple[str, ...]:
    """The losses of a method beside the baseline's; "" names those that tell most about all."""
    if not method:
        return FIRST_LOSSES
    own = cards.cards()[method].losses or (method,)
    return tuple(dict.fromkeys([BASELINE, *(name for name in own if name in pieces())]))


def loss_curves(names: Sequence[str], scene: Scene | None = None) -> list[LossCurve]:
    """These losses of one sample. Raises BadInput for one that is not there."""
    return [_curve(_piece(name), scene or Scene()) for name in names]


def loss_cuts(names: Sequence[str], scene: Scene) -> dict[str, float]:
    """The confidences from which on these losses are there, by what is written beside them."""
    found = map(_piece, names)
    return dict(piece.cut(scene, **piece.at(scene)) for piece in found if piece.cut)


def _piece(name: str) -> Piece:
    if name not in pieces():
        raise unknown("loss", name, pieces())
    return pieces()[name]


def _curve(piece: Piece, scene: Scene) -> LossCurve:
    x = (torch.arange(POINTS, dtype=torch.float64) + 0.5) / POINTS
    p = ((1 - x) / (scene.classes - 1))[:, None].repeat(1, scene.classes)
    p[:, 0 if scene.over == "given" else 1] = x
    logits = p.log().float().requires_grad_()
    each = piece.loss(Sample(logits, scene), **piece.at(scene))
    (gradient,) = torch.autograd.grad(each.sum(), logits)
    return LossCurve(
        piece.name,
        piece.title,
        x.float().numpy(),
        each.detach().numpy(),
        np.float32(0) - gradient[:, 0].numpy(),  # no negative zero
    )
