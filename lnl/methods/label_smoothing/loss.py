"""The loss of label smoothing."""

from lnl import losses
from lnl.shapes import Labels, Logits, PerSample


def smoothed_cross_entropy(logits: Logits, labels: Labels, rate: float) -> PerSample:
    """(1 - rate) CE + rate times the mean over all classes of -log p_k; rate < 0: no lower bound.

    Source: GLS (Wei et al., ICML 2022); for rate > 0 label smoothing (Szegedy et al., CVPR 2016).
    """
    over_classes = -logits.float().log_softmax(1).mean(1)
    return (1 - rate) * losses.cross_entropy(logits, labels) + rate * over_classes
