"""The loss of MAE, for the loss explorer."""

from lnl import losses
from lnl.methods.pieces import Piece

PIECES = (
    Piece(
        "mae",
        "pulls with 2 p (1 - p): most in the middle, not at all where the label is not believed.",
        lambda s: losses.absolute_error(s.logits, s.labels),
    ),
)
