"""How far the histograms of right and wrong labels lie apart: their overlap, and each cut's worth.

All follows from the counts of a record: bins of 1/100, so a cut lies on a multiple of 0.01.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnl.records import BINS, Histograms

Counts = NDArray[np.int64]  # [BINS]


def overlap(clean: Counts, wrong: Counts) -> float:
    """Σ over bins of min(share of the clean, share of the wrong), in [0, 1].

    0: no bin holds both; 1: equal piles. It is 1 minus the total variation distance. NaN if a pile
    is empty. Source: the overlapping coefficient, Inman & Bradley 1989.
    """
    if not clean.sum() or not wrong.sum():
        return float("nan")
    return float(np.minimum(clean / clean.sum(), wrong / wrong.sum()).sum())


def piles(groups: Histograms) -> tuple[Counts, Counts] | None:
    """The counts of right and of wrong labels (open-set samples too); None if one is unknown."""
    wrong = [counts for group, counts in groups.items() if group in ("mislabelled", "open-set")]
    if "clean" not in groups or not wrong:
        return None
    return groups["clean"], np.sum(wrong, axis=0)


@dataclass(frozen=True)
class Cuts:
    """Each threshold's worth at finding mislabelled samples; arrays [BINS + 1], NaN if undefined.

    Flagged are the samples whose clean score lies below the threshold.
    """

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


def cuts(clean: Counts, wrong: Counts) -> Cuts:
    """Precision, recall and F1 of flagging everything below 0, 0.01, ... 1.

    At 1 everything is flagged, scores of exactly 1 too. All undefined where nothing is mislabelled.
    """
    hits = np.concatenate([[0], np.cumsum(wrong)]).astype(np.float64)
    flagged = hits + np.concatenate([[0], np.cumsum(clean)])
    total = hits[-1] or np.nan
    hits = hits if wrong.any() else np.full_like(hits, np.nan)
    with np.errstate(invalid="ignore"):
        return Cuts(
            np.linspace(0, 1, BINS + 1), hits / flagged, hits / total, 2 * hits / (flagged + total)
        )
