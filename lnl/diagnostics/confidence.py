"""Histograms over [0, 1] by group: clean, mislabelled, open-set, unknown."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnl.records import BINS, Group, Histograms

GROUPS: tuple[Group, ...] = ("clean", "mislabelled", "open-set", "unknown")
"""The group of code 0, 1, 2, 3, as in ``NoisyData.groups``."""


def histograms(values: Tensor, groups: Tensor) -> Histograms:
    """Counts of ``values`` [N] in 100 equal bins, 1.0 in the last, for each group that occurs."""
    bins = (values.float() * BINS).long().clamp(0, BINS - 1)
    counts: NDArray[np.int64] = (
        torch.bincount(groups * BINS + bins, minlength=BINS * len(GROUPS))
        .view(len(GROUPS), BINS)
        .cpu()
        .numpy()
    )
    return {name: row for name, row in zip(GROUPS, counts, strict=True) if row.any()}
