"""The losses of bootstrapping, for the loss explorer."""

from lnl import losses
from lnl.methods.bootstrap.loss import soft_bootstrap
from lnl.methods.pieces import Number, Piece

TOLD = "At 1 it is CE, at 0 the label does not count."

PIECES = (
    Piece(
        "bootstrap-soft",
        "is CE, and a pull towards certainty.",
        lambda s, beta: soft_bootstrap(s.logits, s.labels, beta),
        numbers=(Number("beta", "β of soft bootstrapping", TOLD, 0.95),),
    ),
    Piece(
        "bootstrap-hard",
        "pulls as CE does where the label is predicted; elsewhere with β - p.",
        lambda s, beta: losses.bootstrap(s.logits, s.labels, beta),
        numbers=(Number("beta", "β of hard bootstrapping", TOLD, 0.8),),
    ),
)
