"""The corrected losses.

Source: Patrini et al., CVPR 2017, "Making deep neural networks robust to label noise".
"""

from typing import Literal

import torch
from torch import Tensor

from lnl.shapes import Labels, Logits, PerSample

Direction = Literal["forward", "backward"]
LEAST_LOG = -16.0
"""Log p is held at this from below, where the backward correction could fall without end."""


def forward_corrected(logits: Logits, labels: Labels, matrix: Tensor) -> PerSample:
    """-log Σ_i p_i T_iy for a transition matrix T [K, K].

    Its gradient is p - r, r_i the posterior of the true class i given the label.
    Source: Patrini et al., forward correction.
    """
    tiny = torch.finfo(torch.float32).tiny  # a 0 would be no gradient where all of a column is 0
    to_given = matrix.clamp_min(tiny).log().T[labels]
    return -(logits.float().log_softmax(1) + to_given).logsumexp(1)


def backward_corrected(logits: Logits, labels: Labels, inverse: Tensor) -> PerSample:
    """-Σ_j (T^-1)_yj log p_j, given the inverse of T [K, K]; may be negative.

    Source: Patrini et al., backward correction.
    """
    return -(inverse[labels] * logits.float().log_softmax(1).clamp_min(LEAST_LOG)).sum(1)


def corrected(
    logits: Logits, labels: Labels, matrix: Tensor, inverse: Tensor, direction: Direction
) -> PerSample:
    """One of the two."""
    if direction == "forward":
        return forward_corrected(logits, labels, matrix)
    return backward_corrected(logits, labels, inverse)
