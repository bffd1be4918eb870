"""The loss of GCE."""

import torch

from lnl import losses
from lnl.shapes import Labels, Logits, PerSample


def generalised_cross_entropy(logits: Logits, labels: Labels, q: float) -> PerSample:
    """(1 - p_y^q) / q, for q > 0; its gradient is p_y^q times that of CE.

    Source: GCE (Zhang & Sabuncu, NeurIPS 2018), L_q.
    """
    return -torch.expm1(q * losses.log_confidence(logits, labels)) / q
