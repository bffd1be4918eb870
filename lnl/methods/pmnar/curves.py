"""The losses of PMNAR's parts, to be looked at."""

from lnl import losses
from lnl.methods.pieces import Piece, Sample
from lnl.shapes import PerSample


def _pm(s: Sample) -> PerSample:
    return losses.positive_multi_negative(s.logits, s.labels, s.others)


def _reweighted(s: Sample, loss: PerSample) -> PerSample:
    return losses.adaptive_weights(s.confidence) * loss


PIECES = (
    Piece(
        "ml",
        "is NL on all K - 1 other classes at once, and pulls as many times as hard.",
        lambda s: losses.multi_negative_learning(s.logits, s.others),
    ),
    Piece("pm", "is CE and ML together, and pulls as hard as both.", _pm),
    Piece(
        "ce-ar",
        "turns CE round: a label that is not believed does not count; it pulls most at one half.",
        lambda s: _reweighted(s, losses.cross_entropy(s.logits, s.labels)),
    ),
    Piece(
        "pm-ar",
        "weighs PM in the same way: a label that is not believed does not count.",
        lambda s: _reweighted(s, _pm(s)),
    ),
)
