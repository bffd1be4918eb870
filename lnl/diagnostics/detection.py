"""How well mislabelled samples are found. The positive class is *mislabelled*."""

import torch
from torch import Tensor

from lnl.records import Detection


def detection(scores: Tensor, selection: Tensor, mislabelled: Tensor) -> Detection:
    """Of clean scores [N] (high: label right), the selection [N] bool, and the truth [N] bool.

    Flagged are the samples outside the selection. NaN where a ratio has an empty denominator, and
    all of it where nothing is mislabelled: then there is nothing that could be found or missed.
    """
    if not bool(mislabelled.any()):
        return Detection(*[float("nan")] * 5)
    flagged = ~selection
    hits = float((flagged & mislabelled).sum())
    precision = _ratio(hits, float(flagged.sum()))
    recall = _ratio(hits, float(mislabelled.sum()))
    f1 = _ratio(2 * hits, float(flagged.sum() + mislabelled.sum()))
    suspicion = -scores.double()
    return Detection(
        precision,
        recall,
        f1,
        auroc(suspicion, mislabelled),
        average_precision(suspicion, mislabelled),
    )


def auroc(scores: Tensor, positive: Tensor) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties half."""
    count, total = int(positive.sum()), len(positive)
    if count in (0, total):
        return float("nan")
    ordered = scores.sort().values
    low = torch.searchsorted(ordered, scores, side="left")
    high = torch.searchsorted(ordered, scores, side="right")
    ranks = (low + high + 1).double() / 2  # average rank of ties, from 1
    above = float(ranks[positive].sum()) - count * (count + 1) / 2
    return above / (count * (total - count))


def average_precision(scores: Tensor, positive: Tensor) -> float:
    """Σ (recall step) * precision over falling scores, tied scores taken together."""
    count = int(positive.sum())
    if not count:
        return float("nan")
    ordered, order = scores.sort(descending=True)
    hits = positive[order].double().cumsum(0)
    last_of_tie = torch.ones_like(ordered, dtype=torch.bool)
    last_of_tie[:-1] = ordered[1:] != ordered[:-1]
    places = last_of_tie.nonzero()[:, 0]
    found = hits[places]
    precision = found / (places + 1)
    gained = torch.diff(found, prepend=found.new_zeros(1))
    return float((precision * gained).sum() / count)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
