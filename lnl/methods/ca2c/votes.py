"""Votes [B, K] for a sample's classes, and what they say."""

import torch
from torch import Tensor

from lnl.shapes import Labels, Logits, Probabilities


def likeliest(logits: Logits, count: int) -> Tensor:
    """True for the ``count`` likeliest classes of each row, [B, K] bool."""
    top = logits.detach().float().topk(count, 1).indices
    return torch.zeros_like(logits, dtype=torch.bool).scatter_(1, top, True)


def shares(votes: Tensor) -> Probabilities:
    """u: each class's share of the votes of its row; no votes: 0."""
    return votes / votes.sum(1, keepdim=True).clamp_min(1)


def winner(votes: Tensor) -> Labels:
    """h: the class with most votes; among equal ones that of the lowest number."""
    classes = votes.shape[1]
    # All different, so that no device may choose among equals.
    order = torch.arange(classes, device=votes.device)
    return (votes.long() * classes - order).argmax(1)


def candidates(votes: Tensor, hard_share: float) -> Probabilities:
    """λ e_h + (1 - λ) u, [B, K]."""
    hot = torch.nn.functional.one_hot(winner(votes), votes.shape[1])
    return hard_share * hot + (1 - hard_share) * shares(votes)
