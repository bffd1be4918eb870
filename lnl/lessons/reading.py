"""Numbers that claims read off a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lnl.lessons.lesson import Seen
from lnl.records import BINS, EpochRecord, Group


def at_best(seen: Seen) -> EpochRecord:
    """The first epoch of the best test accuracy."""
    return max(seen.records, key=tested)


def tested(record: EpochRecord) -> float:
    """Test accuracy; 0 where none was measured."""
    return record.test_accuracy or 0.0


def recently(seen: Seen) -> float:
    """Test accuracy, mean of the last five epochs: it jumps from one to the next."""
    last = seen.records[-5:]
    return sum(map(tested, last)) / len(last)


def memorised(record: EpochRecord) -> float:
    """Share of the mislabelled samples that fit their wrong label; 0 where there are none."""
    return record.memorised or 0.0


def recovered(record: EpochRecord) -> float:
    """Share of the mislabelled samples predicted as their true class; 0 where there are none."""
    return record.recovered or 0.0


def auroc(record: EpochRecord) -> float:
    """How well mislabelled samples are told from clean ones; 0.5, a coin, where unknown."""
    return 0.5 if record.detection is None else record.detection.auroc


def mean_confidence(record: EpochRecord, group: Group) -> float:
    """Mean confidence in the given label, to half a bin; NaN for a group without samples."""
    counts = record.confidence.get("mean", {}).get(group, np.zeros(BINS, np.int64))
    middles = (np.arange(BINS) + 0.5) / BINS
    return float(counts @ middles / counts.sum()) if counts.sum() else float("nan")


def stage_ends(records: Sequence[EpochRecord]) -> list[EpochRecord]:
    """The last epoch of each stage, in order."""
    following = [record.stage for record in records[1:]] + [""]
    return [r for r, after in zip(records, following, strict=True) if r.stage != after]


def points(difference: float) -> str:
    """Such as "12 points"."""
    return f"{abs(100 * difference):.0f} points"
