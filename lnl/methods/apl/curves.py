"""The losses of APL, for the loss explorer."""

from lnl import losses
from lnl.methods.apl.loss import normalised_cross_entropy
from lnl.methods.pieces import Number, Piece

PIECES = (
    Piece(
        "apl",
        "pulls, as NCE, more evenly than CE, and adds the pull of reverse CE.",
        lambda s, alpha, beta: (
            alpha * normalised_cross_entropy(s.logits, s.labels)
            + beta * losses.reverse_cross_entropy(s.logits, s.labels)
        ),
        title="APL (NCE + RCE)",
        numbers=(
            Number("alpha", "α of APL", "Weight of NCE.", 1.0, high=10.0, step=0.5),
            Number("beta", "β of APL", "Weight of reverse CE.", 1.0),
        ),
    ),
)
