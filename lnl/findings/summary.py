"""What a whole run comes to: last and best values, and the phases of fitting wrong labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from lnl.findings.measured_on import words_for_test_set
from lnl.records import DataFacts, Detection, EpochRecord

CLEAR = 0.05  # share of the mislabelled above chance that is no accident
HARM = 0.02  # lost test accuracy that counts
KNOWS = 0.5  # test accuracy of a network whose doubts about a label say something of the label


@dataclass(frozen=True)
class Course:
    """The test accuracy of a run: where it was best (the first time), and where it is now."""

    best_epoch: int
    best: float
    last_epoch: int
    last: float

    @property
    def fell(self) -> float:
        """From the best to the last."""
        return self.best - self.last

    @classmethod
    def of(cls, records: Sequence[EpochRecord]) -> Course | None:
        """Of records in order; None where no test accuracy is known."""
        known = [(r.epoch, r.test_accuracy) for r in records if r.test_accuracy is not None]
        if not known:
            return None
        best = max(known, key=lambda point: point[1])
        return cls(*best, *known[-1])


def best_by_validation(records: Sequence[EpochRecord]) -> EpochRecord | None:
    """The first record of the best validation accuracy; None where nothing was validated."""
    known = [r for r in records if r.validation_accuracy is not None]
    return max(known, key=lambda r: r.validation_accuracy or 0.0, default=None)


@dataclass(frozen=True)
class Phases:
    """Epochs, counted from 1, since which each thing has held; None: it does not hold now."""

    fits_wrong_labels_from: int | None = None
    passes_clean_rate_at: int | None = None
    overfits_from: int | None = None
    clean_rate: float | None = None  # against which the training accuracy was read
    estimated: bool = False  # the clean rate is an estimate, and what follows from it

    @property
    def onset(self) -> int | None:
        """Since when wrong labels are memorised; of an estimate, where nothing else explains it."""
        return self.passes_clean_rate_at if self.estimated else self.fits_wrong_labels_from


def phases(records: Sequence[EpochRecord], clean_rate: float | None, num_classes: int) -> Phases:
    """Since when the network fits wrong labels, and since when that costs test accuracy.

    *Fits wrong labels*: the memorised share of the mislabelled stands 5 points above chance (1/K).
    *Passes the clean rate*: accuracy on the given labels exceeds the share of correct ones, which
    only memorising can do. *Overfits*: it is above the clean rate while the test accuracy has
    fallen by 2 points or more from its best so far. Source: FINE, section 1.

    Where the clean rate is unknown it is estimated, and so are the last two: an estimate is passed
    once the accuracy stands 5 points above it.
    """
    seen = [r for r in records if r.train_accuracy_given is not None]
    estimated = clean_rate is None
    rate = estimated_clean_rate(seen) if clean_rate is None else clean_rate
    wrong = _since(seen, [(r.memorised or 0.0) > 1 / num_classes + CLEAR for r in seen])
    if rate is None:
        return Phases(estimated=True)
    line = rate + CLEAR if estimated else rate
    above = [(r.train_accuracy_given or 0.0) > line for r in seen]
    harmed = [high and fell for high, fell in zip(above, _harmed(seen), strict=True)]
    return Phases(wrong, _since(seen, above), _since(seen, harmed), rate, estimated)


def estimated_clean_rate(records: Sequence[EpochRecord]) -> float | None:
    """The share of given labels that are right, as far as a run itself can tell; else None.

    A method that keeps clean scores is asked for the share that it treats as clean now. Of any
    other it is the accuracy on the given labels at the epoch of the best test accuracy: a network
    that knows the classes, and has memorised nothing, agrees with the right labels alone. A run
    that predicts the test images wrong more often than right tells nothing.
    """
    course = Course.of(records)
    told = [r for r in records if r.reading == "clean_scores"]
    if told and told[-1].estimated_noise_rate is not None:
        lost = course is not None and course.last < KNOWS
        return None if lost else 1 - told[-1].estimated_noise_rate
    if course is None or course.best < KNOWS:
        return None
    return next(r.train_accuracy_given for r in records if r.epoch == course.best_epoch)


def _harmed(records: Sequence[EpochRecord]) -> list[bool]:
    best, found = 0.0, []
    for record in records:
        best = max(best, record.test_accuracy or 0.0)
        found.append(record.test_accuracy is not None and best - record.test_accuracy >= HARM)
    return found


def _since(records: Sequence[EpochRecord], holds: Sequence[bool]) -> int | None:
    """The first epoch of the stretch that lasts until now."""
    since = None
    for record, held in zip(reversed(records), reversed(holds), strict=True):
        if not held:
            break
        since = record.epoch
    return since


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
    noise_is_added: bool = False  # to labels that may be wrong themselves
    validation_accuracy: float | None = None  # at the last evaluated epoch
    best_validation_epoch: int | None = None
    test_accuracy_by_validation: float | None = None  # at that epoch: no test label chose it
    tested_on: str = ""  # in a few words

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
        chosen = best_by_validation(seen)
        return cls(
            run=run,
            test_accuracy=tests[-1] if tests else None,
            best_test_accuracy=max(tests, default=None),
            detection=last.detection if last else None,
            estimated_noise_rate=last.estimated_noise_rate if last else None,
            actual_noise_rate=data.actual_noise_rate,
            phases=phases(seen, data.clean_rate, data.num_classes),
            seconds=sum(r.seconds + r.evaluation_seconds for r in records),
            mean_of_last_ten=fmean(tests[-10:]) if tests else None,
            memorised=last.memorised if last else None,
            epochs=len(records),
            noise_is_added=data.noise_is_added,
            validation_accuracy=last.validation_accuracy if last else None,
            best_validation_epoch=chosen.epoch if chosen else None,
            test_accuracy_by_validation=chosen.test_accuracy if chosen else None,
            tested_on=words_for_test_set(data),
        )
