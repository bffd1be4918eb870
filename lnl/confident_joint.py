"""How many labels of each kind are wrong: the confident joint.

Source: Confident Learning (Northcutt et al., JAIR 2021, arXiv 1911.00068), Eqs. 1 to 3, with the
calibration of cleanlab, its authors' library. Labels are the given ones, [N]. Probabilities [N, K]
should be of networks that never saw the sample: one that has memorised the labels counts no wrong
ones, one that has learned nothing counts noise of its own.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from lnl.shapes import Labels, Probabilities

SLACK = 1e-6  # below a threshold, and still counted


def thresholds(p: Probabilities, labels: Labels) -> Tensor:
    """t_k, the mean of p_k over the samples labelled k [K]; ∞ for a class without samples."""
    given = F.one_hot(labels, p.shape[1]).to(p.dtype)
    counts = given.sum(0)
    return torch.where(counts > 0, (given * p).sum(0) / counts.clamp_min(1), torch.inf)


def confident_class(p: Probabilities, labels: Labels) -> Tensor:
    """The class that a sample is confidently of, [N]; -1 where there is none.

    The only class above its threshold; with several above, the most probable of all classes.
    """
    above = p >= thresholds(p, labels) - SLACK
    several = above.sum(1) > 1
    found = torch.where(several, p.argmax(1), above.int().argmax(1))
    return torch.where(above.any(1), found, -1)


def joint_counts(p: Probabilities, labels: Labels) -> Tensor:
    """Ĵ [K, K] int64, rows the given label, columns the confident class.

    Rows sum to the number of samples of that label.
    """
    classes = p.shape[1]
    found = confident_class(p, labels)
    counted = found >= 0
    flat = labels[counted] * classes + found[counted]
    counts = torch.bincount(flat, minlength=classes**2).view(classes, classes)
    counts.diagonal().clamp_min_(1)
    return shared_out(counts, torch.bincount(labels, minlength=classes))


def joint(p: Probabilities, labels: Labels) -> Tensor:
    """Q̂ [K, K], as shares of all samples: Ĵ divided by their number."""
    return joint_counts(p, labels).double() / max(len(labels), 1)


def shared_out(counts: Tensor, totals: Tensor) -> Tensor:
    """Each row of counts [K, K] in proportion, in whole numbers whose sum is its total [K].

    The largest remainders go up, of equal ones the first.
    """
    sums = counts.sum(1, keepdim=True)
    parts = counts * totals[:, None]
    whole, left = parts // sums, parts % sums
    rank = left.argsort(stable=True, dim=1, descending=True).argsort(dim=1)
    return whole + (rank < (totals - whole.sum(1))[:, None])
