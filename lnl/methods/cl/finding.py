"""Which labels are taken for wrong, and how good each looks.

Source: Confident Learning, section 3.2, and cleanlab, whose names of the filters these are.
"""

import math
from typing import Literal

import torch
from torch import Tensor

from lnl.confident_joint import confident_class, joint_counts
from lnl.shapes import Labels, Mask, PerSample, Probabilities

Filter = Literal[
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_normalized_margin",
    "low_self_confidence",
]
Score = Literal["self_confidence", "normalized_margin", "confidence_weighted_entropy"]


def flagged(p: Probabilities, labels: Labels, by: Filter) -> Mask:
    """The samples [N] whose label is taken for wrong.

    Two filters are a number of the worst; none of the others flags where the label is predicted.
    """
    if by == "low_normalized_margin":
        return _as_many_of(score(p, labels, "normalized_margin"), p, labels)
    if by == "low_self_confidence":
        return _as_many_of(score(p, labels, "self_confidence"), p, labels)
    predicted = p.argmax(1) == labels
    match by:
        case "prune_by_noise_rate":
            found = _by_noise_rate(p, labels)
        case "prune_by_class":
            found = _by_class(p, labels)
        case "both":
            found = _by_noise_rate(p, labels) & _by_class(p, labels)
        case "confident_learning":
            sure = confident_class(p, labels)
            found = (sure >= 0) & (sure != labels)
        case "predicted_neq_given":
            found = ~predicted
    return found & ~predicted


def score(p: Probabilities, labels: Labels, by: Score) -> PerSample:
    """How good the given label looks, in [0, 1], [N]."""
    own = p.gather(1, labels[:, None])[:, 0]
    match by:
        case "self_confidence":
            return own
        case "normalized_margin":
            return (own - p.scatter(1, labels[:, None], -1.0).max(1).values + 1) / 2
        case "confidence_weighted_entropy":
            tiny = torch.finfo(p.dtype).tiny
            entropy = -torch.xlogy(p, p).sum(1) / math.log(p.shape[1])
            ratio = (entropy / own.clamp_min(tiny)).clamp(tiny, torch.finfo(p.dtype).max)
            return torch.log1p(ratio) / ratio


def _as_many_of(scores: PerSample, p: Probabilities, labels: Labels) -> Mask:
    """The lowest scores, as many as confident learning flags."""
    count = flagged(p, labels, "confident_learning").sum()
    return _rank(scores) < count


def _by_noise_rate(p: Probabilities, labels: Labels) -> Mask:
    """For a ≠ b the Ĵ_ab samples labelled a with the largest p_b - p_a."""
    joint = joint_counts(p, labels)
    found = torch.zeros_like(labels, dtype=torch.bool)
    for a in range(p.shape[1]):
        rows = (labels == a).nonzero()[:, 0]
        if len(rows) > 1:  # the only sample of a class stays
            wrong = joint[a].clone()
            wrong[a] = 0
            lead = p[rows] - p[rows, a][:, None]
            found[rows] = (_rank(-lead) < wrong).any(1)
    return found


def _by_class(p: Probabilities, labels: Labels) -> Mask:
    """Of the samples labelled a the n_a - Ĵ_aa with the smallest p_a."""
    joint = joint_counts(p, labels)
    found = torch.zeros_like(labels, dtype=torch.bool)
    for a in range(p.shape[1]):
        rows = (labels == a).nonzero()[:, 0]
        if len(rows) > 1:
            found[rows] = _rank(p[rows, a]) < len(rows) - joint[a, a]
    return found


def _rank(values: Tensor) -> Tensor:
    """The place of each value among those of its column, from 0, the smallest first."""
    return values.argsort(stable=True, dim=0).argsort(dim=0)
