"""The term that ELR adds to cross entropy."""

import torch
from torch import Tensor

from lnl.shapes import Logits, PerSample, Probabilities

FLOOR = 1e-4


def held(logits: Logits) -> Probabilities:
    """p, each held within [1e-4, 1 - 1e-4], [B, K]."""
    return logits.float().softmax(1).clamp(FLOOR, 1 - FLOOR)


def remembered(targets: Tensor, logits: Logits, memory: float) -> Tensor:
    """The targets [B, K], with what the network now says: β t + (1 - β) p, no gradient.

    Source: ELR (Liu et al., NeurIPS 2020), with the released code's clamp and division.
    """
    p = held(logits.detach())
    return torch.lerp(p / p.sum(1, keepdim=True), targets, memory)


def early_learning(logits: Logits, targets: Probabilities) -> PerSample:
    """log(1 - Σ_k t_k p_k); no gradient into the targets t [B, K].

    Source: ELR (Liu et al., NeurIPS 2020), the regularisation term.
    """
    return torch.log1p(-(targets * held(logits)).sum(1))
