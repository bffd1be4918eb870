"""The two losses that involve PENCIL's label distribution y^d, the softmax of trained numbers.

Source: PENCIL (Yi & Wu, CVPR 2019) and its released code.
"""

from typing import Literal

import torch

from lnl import losses
from lnl.shapes import Labels, Logits, PerSample

Compatibility = Literal["released", "paper"]


def classification(logits: Logits, label_logits: Logits) -> PerSample:
    """KL(p ‖ y^d) = Σ_k p_k (log p_k - log y^d_k); the gradient reaches both."""
    log_p, log_d = logits.float().log_softmax(1), label_logits.float().log_softmax(1)
    return (log_p.exp() * (log_p - log_d)).sum(1)


def compatibility(label_logits: Logits, labels: Labels, form: Compatibility) -> PerSample:
    """Cross entropy of the label distribution with the given label.

    ``paper``: -log y^d_y. ``released``: cross entropy with y^d taken for logits, a second softmax,
    whose pull to the given label is several times weaker.
    """
    if form == "released":
        label_logits = torch.softmax(label_logits.float(), 1)
    return losses.cross_entropy(label_logits, labels)
