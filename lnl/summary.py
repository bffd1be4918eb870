"""What a whole run comes to: last and best values, and the phases of fitting wrong labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from lnl.records import DataFacts, Detection, EpochRecord

CLEAR = 0.05  # share of the mislabelled above chance that is no accident
HARM = 0.02  # lost test accuracy that counts
LAST = 10  # epochs of a "mean of the last ten"


@dataclass(frozen=True)
class Phases:
    """Epochs, counted from 1, at which each thing first happens; None: it did not."""

    fits_wrong_labels_from: int | None = None
    passes_clean_rate_at: int | None = None
    overfits_from: int | None = None


def phases(records: Sequence[EpochRecord], clean_rate: float | None, num_classes: int) -> Phases:
    """Where the network begins to fit wrong labels, and where that begins to cost test accuracy.

    *Fits wrong labels*: the memorised share of the mislabelled stands 5 points above chance (1/K).
    *Passes the clean rate*: accuracy on the given labels exceeds the share of correct ones, which
    only memorising can do. *Overfits*: it is above the clean rate while the test accuracy has
    fallen by 2 points or more from its best so far. Source: FINE, section 1.
    """
    if clean_rate is None:
        return Phases()
    wrong = passes = overfits = None
    best = 0.0
    for record in records:
        if record.train_accuracy_given is None or record.test_accuracy is None:
            continue
        best = max(best, record.test_accuracy)
        above = record.train_accuracy_given > clean_rate
        if wrong is None and (record.memorised or 0.0) > 1 / num_classes + CLEAR:
            wrong = record.epoch
        if passes is None and above:
            passes = record.epoch
        if overfits is None and above and best - record.test_accuracy >= HARM:
            overfits = record.epoch
    return Phases(wrong, passes, overfits)


@dataclass(frozen=True)
class RunSummary:
    """The last line of ``train --json`` and the row of a table of results."""

    run: str
    test_accuracy: float | None
    best_test_accuracy: float | None
    detection: Detection | None
    estimated_noise_rate: float | None
    actual_noise_rate: float | None
    phases: Phases
    seconds: float
    mean_of_last_ten: float | None = None  # test accuracy, over the last ten evaluated epochs
    memorised: float | None = None  # at the last evaluated epoch
    epochs: int = 0  # finished

    @property
    def gap(self) -> float | None:
        """Test accuracy lost since the best epoch."""
        if self.best_test_accuracy is None or self.test_accuracy is None:
            return None
        return self.best_test_accuracy - self.test_accuracy

    @property
    def seconds_per_epoch(self) -> float | None:
        """Training and evaluation, the mean of all epochs."""
        return self.seconds / self.epochs if self.epochs else None

    @classmethod
    def of(cls, run: str, data: DataFacts, records: list[EpochRecord]) -> RunSummary:
        """Last and best over the evaluated records, in order; seconds of all."""
        seen = [r for r in records if r.evaluated]
        tests = [r.test_accuracy for r in seen if r.test_accuracy is not None]
        last = seen[-1] if seen else None
        return cls(
            run=run,
            test_accuracy=tests[-1] if tests else None,
            best_test_accuracy=max(tests, default=None),
            detection=last.detection if last else None,
            estimated_noise_rate=last.estimated_noise_rate if last else None,
            actual_noise_rate=data.actual_noise_rate,
            phases=phases(seen, data.clean_rate, data.num_classes),
            seconds=sum(r.seconds + r.evaluation_seconds for r in records),
            mean_of_last_ten=fmean(tests[-LAST:]) if tests else None,
            memorised=last.memorised if last else None,
            epochs=len(records),
        )
