"""Peer loss with labels dealt out evenly, to be looked at."""

import torch

from lnl.methods.peer.loss import bounded_cross_entropy
from lnl.methods.pieces import Number, Piece, Sample
from lnl.shapes import PerSample


def expected(sample: Sample, weight: float) -> PerSample:
    """Its own loss less α times the mean over all labels that may be dealt, over 1 + α."""
    dealt = [
        bounded_cross_entropy(sample.logits, torch.full_like(sample.labels, label))
        for label in range(sample.scene.classes)
    ]
    own = bounded_cross_entropy(sample.logits, sample.labels)
    return (own - weight * torch.stack(dealt).mean(0)) / (1 + weight)


PIECES = (
    Piece(
        "peer",
        "is even for all labels at α = 1; above, it grows with how much a label is believed.",
        expected,
        numbers=(Number("weight", "α of peer loss", "At 0 it is CE.", 1.0, high=20.0, step=0.5),),
    ),
)
