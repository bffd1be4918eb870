"""Convex pairs of images and targets, as in mixup (Zhang et al., ICLR 2018)."""

import torch
from torch import Tensor

from lnl.shapes import Labels, Probabilities


def drawn_share(alpha: float, random: torch.Generator) -> Tensor:
    """λ ~ Beta(a, a), a scalar, as a share of two gammas; their logarithms, for a near 0.

    Gamma(a) is Gamma(a + 1) times U^(1 / a), which would underflow.
    """
    plus_one = torch.full((2,), alpha + 1, dtype=torch.float64, device=random.device)
    uniform = torch.rand(2, generator=random, dtype=torch.float64, device=random.device)
    log_gamma = torch._standard_gamma(plus_one, random).log() + uniform.log() / alpha
    return (log_gamma[0] - log_gamma[1]).sigmoid().float()


def folded_share(alpha: float, random: torch.Generator) -> Tensor:
    """max(λ, 1 - λ): the first of each pair dominates."""
    share = drawn_share(alpha, random)
    return torch.maximum(share, 1 - share)


def drawn_order(count: int, random: torch.Generator) -> Tensor:
    """A permutation: whom each row is paired with, [count]."""
    return torch.randperm(count, generator=random, device=random.device)


def pairs(rows: Tensor, share: Tensor, order: Tensor) -> Tensor:
    """λ x_i + (1 - λ) x_π(i)."""
    return share * rows + (1 - share) * rows[order]


def one_hot(labels: Labels, num_classes: int) -> Probabilities:
    """e_y, [B, K] float32."""
    return torch.nn.functional.one_hot(labels, num_classes).float()
