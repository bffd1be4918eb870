"""The interpolated contrastive loss of MOIT.

Source: MOIT (Ortego et al., CVPR 2021), Eq. 3-5; SupCon (Khosla et al., NeurIPS 2020), Eq. 2.
"""

import torch
from torch import Tensor

from lnl.shapes import Labels, PerSample

NEVER = -1e9  # a similarity that has no weight


def supervised_contrast(log_share: Tensor, positives: Tensor) -> PerSample:
    """-mean over the positives [A, M] bool of their log share among all; none: 0."""
    kept = torch.where(positives, log_share, 0.0).sum(1)
    return -kept / positives.sum(1).clamp_min(1)


def interpolated_contrast(
    anchors: Tensor,
    others: Tensor,
    labels: tuple[Labels, Labels],
    other_labels: Labels,
    share: Tensor,
    temperature: float,
    left_out: Tensor,
) -> PerSample:
    """l s(dominant label) + (1 - l) s(minor label) of each anchor, [A].

    ``anchors`` [A, D] and ``others`` [M, D] have length 1, ``other_labels`` are dominant ones,
    ``share`` [A] is l; pairs ``left_out`` [A, M] (bool, or one row for all) do not count at all.
    """
    similar = anchors @ others.T / temperature
    log_share = similar - similar.masked_fill(left_out, NEVER).logsumexp(1, keepdim=True)
    dominant, minor = (
        supervised_contrast(log_share, (each[:, None] == other_labels) & ~left_out)
        for each in labels
    )
    return share * dominant + (1 - share) * minor
