"""The loss of label smoothing, for the loss explorer."""

from lnl.methods.label_smoothing.loss import smoothed_cross_entropy
from lnl.methods.pieces import Number, Piece

PIECES = (
    Piece(
        "label-smoothing",
        "is that of CE, less a constant: it turns round at the smoothed label, with r < 0 never.",
        lambda s, rate: smoothed_cross_entropy(s.logits, s.labels, rate),
        numbers=(Number("rate", "r of label smoothing", "Below 0 it is negative.", 0.1, low=-2.0),),
    ),
)
