"""The loss of IMAE."""

from lnl import losses
from lnl.shapes import Labels, Logits, PerSample


def improved_absolute_error(logits: Logits, labels: Labels, temperature: float) -> PerSample:
    """CE, weighted so that the L1 norm of its gradient is exp(T p_y (1 - p_y)).

    1 - p_y is held at 1e-3 from below in the weight: the norm does not fall to 0 as p_y rises to 1.
    Source: IMAE (Wang et al., arXiv 1903.12141), Table 2.
    """
    p = losses.log_confidence(logits.detach(), labels).exp()
    weight = (temperature * p * (1 - p)).exp() / (2 * (1 - p).clamp_min(1e-3))
    return weight * losses.cross_entropy(logits, labels)
