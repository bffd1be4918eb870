"""Whose label is trusted: a vote of the nearest samples, and equally many of each class.

Source: MOIT (Ortego et al., CVPR 2021), section 3.2, and its released code.
"""

import torch
from torch import Tensor

from lnl.methods.parts.divergence import smallest_per_class
from lnl.methods.parts.mixing import one_hot
from lnl.shapes import Labels, Mask, PerSample, Probabilities

ROWS = 1000  # samples whose similarity to all others is held at a time
LEAST = 0.01


def nearest(features: Tensor, count: int) -> Tensor:
    """The ``count`` others of largest cosine with each row (of length 1), [N, count]."""
    parts = []
    for start in range(0, len(features), ROWS):
        similar = features[start : start + ROWS] @ features.T
        own = torch.arange(start, start + len(similar), device=features.device)
        similar.scatter_(1, own[:, None], -torch.inf)
        parts.append(similar.topk(count, 1).indices)
    return torch.cat(parts)


def votes(neighbours: Tensor, labels: Labels, num_classes: int) -> Probabilities:
    """The share of a sample's neighbours [N, k] that has each label, [N, K]."""
    result = torch.zeros(len(labels), num_classes, device=labels.device)
    hot = one_hot(labels, num_classes)
    for rank in range(neighbours.shape[1]):
        result += hot[neighbours[:, rank]]
    return result / neighbours.shape[1]


def agreement(features: Tensor, labels: Labels, num_classes: int, count: int) -> Probabilities:
    """The second vote, with the labels that the first one gave, [N, K]."""
    near = nearest(features, min(count, len(labels) - 1))
    return votes(near, votes(near, labels, num_classes).argmax(1), num_classes)


def trusted(vote: Probabilities, labels: Labels) -> tuple[PerSample, Mask]:
    """d = -log of the vote for the given label, within [0.01, 0.99], and who is trusted."""
    classes = vote.shape[1]
    own = vote.gather(1, labels[:, None])[:, 0]
    discrepancy = -own.clamp(LEAST, 1 - LEAST).log()
    agrees = (vote.argmax(1) == labels).float()
    per_class = agrees @ one_hot(labels, classes)
    return discrepancy, smallest_per_class(discrepancy, labels, classes, per_class.median())
