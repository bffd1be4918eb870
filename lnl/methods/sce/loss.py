"""The loss of SCE."""

from lnl import losses
from lnl.shapes import Labels, Logits, PerSample


def symmetric_cross_entropy(logits: Logits, labels: Labels, alpha: float, beta: float) -> PerSample:
    """alpha * CE + beta * RCE; its gradient is (alpha + 9.21 beta p_y) times that of CE.

    Source: SCE (Wang et al., ICCV 2019), the loss SL.
    """
    reverse = losses.reverse_cross_entropy(logits, labels)
    return alpha * losses.cross_entropy(logits, labels) + beta * reverse
