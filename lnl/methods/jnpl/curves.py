"""The negative loss of JNPL, to be looked at."""

from lnl.methods.jnpl.loss import negative_plus
from lnl.methods.pieces import Piece

PIECES = (
    Piece(
        "jnpl",
        "is NL, times how little the complementary label is believed.",
        lambda s: negative_plus(s.logits, s.complementary),
        title="NL+ of JNPL",
    ),
)
