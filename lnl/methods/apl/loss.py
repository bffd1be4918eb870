"""Normalised losses: each divided by its sum over all labels, so that it adds up to 1 over them.

Source: APL (Ma et al., ICML 2020), normalised losses.
"""

import torch
from torch import Tensor

from lnl.shapes import Labels, Logits, PerSample


def normalised_cross_entropy(logits: Logits, labels: Labels) -> PerSample:
    """NCE: log p_y / Σ_k log p_k."""
    return _share(-logits.float().log_softmax(1), labels)


def normalised_focal(logits: Logits, labels: Labels, gamma: float) -> PerSample:
    """NFL: that of (1 - p)^gamma (-log p); no gradient flows through (1 - p)^gamma."""
    log_p = logits.float().log_softmax(1)
    return _share((1 - log_p.detach().exp()) ** gamma * -log_p, labels)


def normalised_generalised(logits: Logits, labels: Labels, q: float) -> PerSample:
    """NGCE: (1 - p_y^q) / (K - Σ_k p_k^q)."""
    return _share(-torch.expm1(q * logits.float().log_softmax(1)), labels)


def _share(over_labels: Tensor, labels: Labels) -> PerSample:
    """The given label's share of a loss's values for all labels [B, K]."""
    return over_labels.gather(1, labels[:, None])[:, 0] / over_labels.sum(1)
