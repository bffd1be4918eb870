"""RFL's bootstrapping, to be looked at."""

from lnl import losses
from lnl.methods.pieces import Number, Piece

PIECES = (
    Piece(
        "rfl",
        "trusts the given label by α, for the rest what the network itself predicts: at α = 0 it "
        "never raises a label that is not predicted.",
        lambda s, alpha: losses.bootstrap(s.logits, s.labels, alpha),
        title="Bootstrapping",
        numbers=(
            Number(
                "alpha",
                "α of bootstrapping",
                "How far bootstrapping trusts the given label: RFL lets it fall from 1 to 0.",
            ),
        ),
    ),
)
