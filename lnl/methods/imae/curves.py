"""The loss of IMAE, for the loss explorer."""

from lnl.methods.imae.loss import improved_absolute_error
from lnl.methods.pieces import Number, Piece

PIECES = (
    Piece(
        "imae",
        "pulls most at p = 0.5, by a ratio of exp(T / 4) to both ends.",
        lambda s, temperature: improved_absolute_error(s.logits, s.labels, temperature),
        numbers=(
            Number(
                "temperature",
                "T of IMAE",
                "At 0 all labels pull evenly.",
                8.0,
                high=16.0,
                step=0.5,
            ),
        ),
    ),
)
