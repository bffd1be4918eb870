"""The losses of FINE's two parts, to be looked at."""

from lnl import losses
from lnl.methods.pieces import Piece

PIECES = (
    Piece(
        "afmu",
        "forgets: pushes the label down as hard as CE pulls it up.",
        lambda s: losses.forget(s.logits, s.labels),
    ),
    Piece(
        "nsnl",
        "suppresses: pushes the label down the harder, the more it is believed.",
        lambda s: losses.negative_learning(s.logits, s.labels[:, None]),
    ),
)
