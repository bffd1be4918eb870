"""The losses of GCE, to be looked at."""

from dataclasses import replace

from lnl.methods.gce.loss import generalised_cross_entropy
from lnl.methods.pieces import Number, Piece

Q = Number("q", "q of GCE", "Near 0 it is CE, at 1 half the mean absolute error.", 0.7, low=0.05)
OF_TRUNCATED = replace(Q, title="q of truncated GCE")

PIECES = (
    Piece(
        "gce",
        "pulls as CE does, times p to the power of q: a label that is not believed hardly counts.",
        lambda s, q: generalised_cross_entropy(s.logits, s.labels, q),
        numbers=(Q,),
    ),
    Piece(
        "gce-truncated",
        "is GCE, for labels that were believed more than k.",
        lambda s, q, k: s.kept(generalised_cross_entropy(s.logits, s.labels, q), k),
        numbers=(
            OF_TRUNCATED,
            Number("k", "k of truncated GCE", "It keeps what is believed more."),
        ),
        cut=lambda scene, q, k: (f"k {k:g}", k),
    ),
)
