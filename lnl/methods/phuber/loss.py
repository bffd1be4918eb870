"""The partially Huberised losses.

Source: Menon et al., ICLR 2020.
"""

import math

import torch

from lnl import losses
from lnl.shapes import Labels, Logits, PerSample


def huberised_cross_entropy(logits: Logits, labels: Labels, tau: float) -> PerSample:
    """-log p_y above p_y = 1 / tau, below it -tau p_y + log tau + 1."""
    log_p = losses.log_confidence(logits, labels)
    p = log_p.exp()
    return torch.where(p > 1 / tau, -log_p, 1 + math.log(tau) - tau * p)


def huberised_generalised(logits: Logits, labels: Labels, tau: float, q: float) -> PerSample:
    """(1 - p_y^q) / q above p_y = p* = tau^(1 / (q - 1)), below it the tangent at p*; q < 1."""
    log_p = losses.log_confidence(logits, labels)
    p, turn = log_p.exp(), tau ** (1 / (q - 1))
    tangent = (1 - turn**q) / q - tau * (p - turn)
    return torch.where(p > turn, -torch.expm1(q * log_p) / q, tangent)
