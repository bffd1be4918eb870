"""Which rows of a batch ProMix learns.

Source: ProMix (Xiao et al., IJCAI 2023), section 3.1, and its released code.
"""

from math import floor

import torch
from torch import Tensor

from lnl.shapes import Mask, Probabilities


def agreed(
    keep: Mask, first: Probabilities, second: Probabilities, threshold: float, share: float
) -> Mask:
    """``keep``, and rows of which both networks are sure and agree, the surest first, [B] bool.

    Together at most ⌊share B⌋ rows, unless more are kept already.
    """
    (p, one), (q, two) = first.max(1), second.max(1)
    more = (p > threshold) & (q > threshold) & (one == two) & ~keep
    room = floor(share * len(keep) + 1e-9) - keep.sum()
    ranks = (-(p + q)).masked_fill(~more, torch.inf).argsort(stable=True).argsort()
    return keep | (more & (ranks < room))


def paired(used: Mask, random: torch.Generator) -> Tensor:
    """A permutation that pairs used rows with used ones and all others among themselves, [B]."""
    keys = torch.rand(len(used), generator=random, device=random.device)
    mine = (~used).int().argsort(stable=True)  # used ones first
    others = (keys + 2 * ~used).argsort()  # the same in random order
    return torch.empty_like(mine).scatter_(0, mine, others)
