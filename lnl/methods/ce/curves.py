"""The loss of CE, to be looked at."""

from lnl import losses
from lnl.methods.pieces import Piece

PIECES = (
    Piece(
        "ce",
        "pulls with 1 - p: the less a label is believed, the harder.",
        lambda s: losses.cross_entropy(s.logits, s.labels),
    ),
)
