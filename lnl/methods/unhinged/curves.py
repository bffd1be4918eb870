"""The three losses, for the loss explorer: the outputs there are log p."""

from lnl.methods.pieces import Piece
from lnl.methods.unhinged.loss import savage, sigmoid, unhinged

PIECES = (
    Piece(
        "unhinged",
        "pulls at every label with 1 / K (outputs are drawn as log p).",
        lambda s: unhinged(s.logits, s.labels),
    ),
    Piece(
        "sigmoid",
        "pulls less the less a label is believed (outputs are drawn as log p).",
        lambda s: sigmoid(s.logits, s.labels),
    ),
    Piece(
        "savage",
        "pulls little, and most in the middle.",
        lambda s: savage(s.logits, s.labels),
    ),
)
