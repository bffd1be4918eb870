"""How far a run may be believed about labels: where it is guessing, not at all."""

from __future__ import annotations

from dataclasses import dataclass

from lnl.findings.run_records import RunRecords
from lnl.findings.summary import CLEAR

SURE = 0.9  # test accuracy above which a network's own mistakes are few beside what it corrects
WHAT_TO_CHANGE = (
    "See first whether plain cross entropy learns these classes: look at images and labels, train "
    "longer, or change the network or the learning rate."
)


def guesses(accuracy: float, classes: int) -> bool:
    """Whether a test accuracy among K classes is that of guessing: 1/K, and 5 points of luck."""
    return accuracy <= 1 / classes + CLEAR


def nothing_learned(run: RunRecords, epoch: int | None = None) -> str:
    """Why suspects and noise estimate at ``epoch`` (None: the last) mean nothing; else ""."""
    record, classes = run.at(epoch), run.info.data.num_classes
    if record is None or record.test_accuracy is None or not classes:
        return ""
    if not guesses(record.test_accuracy, classes):
        return ""
    return (
        f"At epoch {record.epoch} its test accuracy, {record.test_accuracy:.1%} of {classes} "
        "classes, is that of guessing: its suspects and its noise estimate mean nothing. "
        f"{WHAT_TO_CHANGE}"
    )


@dataclass(frozen=True)
class Correction:
    """What the labels that a run suggests would change; shares of the samples."""

    changed: float
    wrong_before: float | None = None  # None: the true labels are unknown
    wrong_after: float | None = None


def doubtful_correction(run: RunRecords, correction: Correction, epoch: int | None = None) -> str:
    """A warning where corrected labels are, or may well be, worse than the given ones; else "".

    With true labels they are counted. Without, a network that predicts e of the test images wrong
    is taken to be wrong as often about the samples whose labels it changes: it warns where that
    could be half of the changes, unless e is below 10 %.
    """
    before, after = correction.wrong_before, correction.wrong_after
    if before is not None and after is not None:
        if after <= before:
            return ""
        return (
            f"The corrected labels are worse than the given ones: {after:.1%} of them are wrong, "
            f"{before:.1%} before."
        )
    record = run.at(epoch)
    if record is None or record.test_accuracy is None or not correction.changed:
        return ""
    mistakes = 1 - record.test_accuracy
    if record.test_accuracy >= SURE or mistakes < correction.changed / 2:
        return ""
    return (
        f"The corrected labels may be worse than the given ones: {correction.changed:.1%} would "
        f"change, by a network that predicts {mistakes:.1%} of the test images wrong. Check them "
        "by eye, or take those of a run with a higher test accuracy."
    )
