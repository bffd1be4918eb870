"""The three sets of DISC and the thresholds of every sample.

Source: DISC (Li et al., CVPR 2023), section 3, and its released code.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from lnl.shapes import Labels, Mask

SUREST = 0.99


class Sets(NamedTuple):
    """Disjoint, [N] bool each; rows in none of them are not learned."""

    clean: Mask
    hard: Mask
    corrected: Mask


def divided(own: Tensor, threshold: Tensor, best: Tensor, margin: float) -> Sets:
    """The sets, from p_y and the thresholds per view [N, 2] and the mean's largest value [N]."""
    weak, strong = (own > threshold).unbind(1)
    surer = best > (threshold.mean(1) + margin).clamp(max=SUREST)
    return Sets(weak & strong, weak ^ strong, surer & ~weak & ~strong)


def labels_of(sets: Sets, given: Labels, predicted: Labels, before: Labels) -> Labels:
    """Given ones of clean and hard samples, predicted ones of corrected, else what they were."""
    kept = torch.where(sets.clean | sets.hard, given, before)
    return torch.where(sets.corrected, predicted, kept)
