"""The loss of SCE, for the loss explorer."""

from lnl.methods.pieces import Number, Piece
from lnl.methods.sce.loss import symmetric_cross_entropy

PIECES = (
    Piece(
        "sce",
        "pulls as CE does, times α + 9.21 β p: the more a label is believed, the more.",
        lambda s, alpha, beta: symmetric_cross_entropy(s.logits, s.labels, alpha, beta),
        numbers=(
            Number("alpha", "α of SCE", "Weight of cross entropy.", 0.1, high=6.0),
            Number("beta", "β of SCE", "Weight of its reverse.", 1.0),
        ),
    ),
)
