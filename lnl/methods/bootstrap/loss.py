"""The loss of soft bootstrapping; that of the hard form is ``losses.bootstrap``."""

from lnl import losses
from lnl.shapes import Labels, Logits, PerSample


def soft_bootstrap(logits: Logits, labels: Labels, beta: float) -> PerSample:
    """beta * CE(given label) + (1 - beta) * H(p), with the gradient through all of H.

    Source: Reed et al., ICLR 2015 workshop, soft bootstrapping.
    """
    entropy = losses.conditional_entropy(logits)
    return beta * losses.cross_entropy(logits, labels) + (1 - beta) * entropy
