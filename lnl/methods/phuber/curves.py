"""The loss of PHuber-CE, for the loss explorer."""

from lnl.methods.phuber.loss import huberised_cross_entropy
from lnl.methods.pieces import Number, Piece

PIECES = (
    Piece(
        "phuber",
        "is CE down to p = 1/τ; below, the pull falls to 0 with p.",
        lambda s, tau: huberised_cross_entropy(s.logits, s.labels, tau),
        numbers=(
            Number(
                "tau",
                "τ of PHuber-CE",
                "At 1 it is half of MAE.",
                2.0,
                low=1.0,
                high=50.0,
                step=1.0,
            ),
        ),
        cut=lambda scene, tau: (f"1/τ {1 / tau:.2g}", 1 / tau),
    ),
)
