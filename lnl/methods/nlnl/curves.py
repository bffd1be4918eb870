"""The losses of NLNL's parts, to be looked at."""

from lnl import losses
from lnl.methods.pieces import Number, Piece, Sample
from lnl.shapes import PerSample


def _nl(s: Sample) -> PerSample:
    return losses.negative_learning(s.logits, s.complementary)


PIECES = (
    Piece("nl", "hardly pulls at a label that is not believed; most in the middle.", _nl),
    Piece(
        "selnl",
        "is NL, for labels that are believed more than chance, 1/K.",
        lambda s: s.kept(_nl(s), 1 / s.scene.classes),
        cut=lambda scene: (f"1/{scene.classes}", 1 / scene.classes),
    ),
    Piece(
        "selpl",
        "is CE, for labels that are believed more than γ.",
        lambda s, gamma: s.kept(losses.cross_entropy(s.logits, s.labels), gamma),
        numbers=(Number("gamma", "γ of SelPL", "It keeps what is believed more."),),
        cut=lambda scene, gamma: (f"γ {gamma:g}", gamma),
    ),
)
