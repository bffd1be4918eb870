"""What a run shows at an epoch, in words with their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lnl.charts.grid import RunRecords
from lnl.records import EpochRecord

Tone = Literal["bad", "good", "open"]
MUCH, LITTLE, HARM = 0.25, 0.1, 0.02  # shares of the mislabelled; lost test accuracy that counts


@dataclass(frozen=True)
class Verdict:
    """One sentence for the headline, one with the numbers behind it."""

    tone: Tone
    headline: str
    numbers: str


def verdict(run: RunRecords, epoch: int | None = None) -> Verdict:
    """The verdict on a run at ``epoch`` (None: the last one evaluated)."""
    record = run.at(epoch)
    if record is None:
        return Verdict("open", "Nothing to see yet.", "The first epoch is not finished.")
    if record.memorised is None:
        return Verdict("open", _blind(run, record), _test(run, record))
    tone, headline = _judged(run, record, record.memorised)
    parts = [f"Repeats {record.memorised:.0%} of the wrong labels"]
    if record.recovered is not None:
        parts[0] += f", gives {record.recovered:.0%} of those samples their true label"
    return Verdict(tone, headline, f"{parts[0]}. {_test(run, record)}")


def _judged(run: RunRecords, record: EpochRecord, memorised: float) -> tuple[Tone, str]:
    fell = _best(run, record) - (record.test_accuracy or 0.0)
    if memorised >= MUCH:
        since = next(r.epoch for r in run.records if (r.memorised or 0) >= MUCH)
        ending = ", and the test accuracy falls" if fell >= HARM else ""
        return "bad", f"Memorising wrong labels since epoch {since}{ending}."
    ended = record.epoch >= run.info.epochs
    if (record.recovered or 0.0) < 0.5:
        if ended:
            return "open", "Ended before it had learned the classes; wrong labels it refuses."
        return "open", "Still learning: it fits neither the wrong labels nor yet the true ones."
    if memorised >= LITTLE:
        return "open", "Learns the classes, and begins to take in wrong labels."
    if ended:
        return "good", "Learned the classes and refused the wrong labels."
    return "open", "So far it learns the classes and refuses most wrong labels."


def _blind(run: RunRecords, record: EpochRecord) -> str:
    share = record.train_accuracy_given
    told = "" if share is None else f" It agrees with {share:.0%} of the given labels."
    return f"True labels are unknown here, so nobody can count what is memorised.{told}"


def _test(run: RunRecords, record: EpochRecord) -> str:
    if record.test_accuracy is None:
        return "No test accuracy."
    best = _best(run, record)
    if best - record.test_accuracy < HARM:
        return f"Test accuracy {record.test_accuracy:.1%}."
    at = next(r.epoch for r in run.records if r.test_accuracy == best)
    return f"Test accuracy {record.test_accuracy:.1%}, down from {best:.1%} at epoch {at}."


def _best(run: RunRecords, record: EpochRecord) -> float:
    seen = [r.test_accuracy for r in run.records if r.epoch <= record.epoch]
    return max((value for value in seen if value is not None), default=0.0)
