"""The regularised loss of CORES² where all labels are equally frequent, to be looked at."""

from lnl.methods.cores2.method import regularised
from lnl.methods.pieces import Number, Piece, Sample
from lnl.shapes import PerSample


def even(sample: Sample, beta: float) -> PerSample:
    """As scaled, by 1 / (1 + β)."""
    prior = sample.logits.new_full((sample.scene.classes,), 1 / sample.scene.classes)
    return regularised(sample.logits, sample.labels, prior, beta) / (1 + beta)


PIECES = (
    Piece(
        "cores2",
        "is even for all labels at β = 1; above, it grows with how much a label is believed.",
        even,
        numbers=(Number("beta", "β of CORES²", "At 0 it is CE.", 2.0, high=10.0, step=0.5),),
    ),
)
