"""Margins, the cut that threshold samples say, and what two runs say together."""

from typing import NamedTuple

import torch
from torch import Tensor

from lnl.shapes import Labels, Logits, PerSample


def margin(logits: Logits, labels: Labels) -> PerSample:
    """z_y - max_k≠y z_k, float32 [B]. Source: AUM, Eq. 1."""
    logits = logits.float()
    own = logits.gather(1, labels[:, None])
    others = logits.scatter(1, labels[:, None], -torch.inf).max(1).values
    return own[:, 0] - others


class Verdict(NamedTuple):
    """What the runs so far say of each sample."""

    scores: Tensor  # [N] in [0, 1]: 1/2 at the cut of a run
    kept: Tensor  # [N] bool


def cut(areas: Tensor, role: Tensor, run: int, percentile: float) -> Tensor:
    """α: the percentile of the areas of the run's threshold samples; -∞ where it has none."""
    found = areas[role == run]
    return found.quantile(percentile) if len(found) else areas.new_full((), -torch.inf)


def verdict(areas: Tensor, visits: Tensor, role: Tensor, percentile: float) -> Verdict:
    """From each run's areas and visits [N, R], and the run in which one stands for the threshold.

    A sample is dropped if it is below the cut in every run in which it was a real one. Its score is
    that of the better of these: (1 + d / (1 + |d|)) / 2, d = AUM - α. One that was in none yet is
    kept, at 1/2.
    """
    runs = range(areas.shape[1])
    cuts = torch.stack([cut(areas[:, run], role, run, percentile) for run in runs])
    real = (visits > 0) & (role[:, None] != torch.arange(len(cuts), device=role.device))
    above = torch.where(real, areas - cuts, -torch.inf).max(1).values
    judged = real.any(1)
    bounded = above.clamp(-1e30, 1e30)  # without threshold samples it is infinite
    scores = (1 + bounded / (1 + bounded.abs())) / 2
    return Verdict(torch.where(judged, scores, 0.5), (above >= 0) | ~judged)
