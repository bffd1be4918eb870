"""The corrected losses under symmetric noise, to be looked at."""

import torch

from lnl.methods.forward.loss import backward_corrected, forward_corrected
from lnl.methods.pieces import Number, Piece

RATE = Number("rate", "noise rate of forward", "Of symmetric noise.", 0.4, high=0.8)


def symmetric(classes: int, rate: float) -> torch.Tensor:
    """T of symmetric noise: 1 - rate on the diagonal."""
    off = rate / (classes - 1)
    return torch.full((classes, classes), off) + (1 - rate - off) * torch.eye(classes)


PIECES = (
    Piece(
        "forward",
        "pulls less where the label is not believed: it is likelier to be noise.",
        lambda s, rate: forward_corrected(s.logits, s.labels, symmetric(s.scene.classes, rate)),
        numbers=(RATE,),
    ),
    Piece(
        "backward",
        "pulls harder than CE, and away from all other labels, to make up for the wrong ones.",
        lambda s, rate: backward_corrected(
            s.logits, s.labels, symmetric(s.scene.classes, rate).pinverse()
        ),
        numbers=(Number("rate", "noise rate of backward", RATE.told, 0.4, high=0.8),),
    ),
)
