"""When the confident joint of a run's predictions is not to be believed."""

from __future__ import annotations

from lnl.findings.run_records import RunRecords
from lnl.findings.summary import KNOWS
from lnl.findings.trust import nothing_learned
from lnl.findings.verdict import doubts


def joint_misleads(run: RunRecords, epoch: int | None = None) -> str:
    """Why, at ``epoch`` (None: the last), in a sentence; "" where nothing speaks against it.

    A network at chance, or one that predicts most test images wrong, counts its own mistakes; one
    that has memorised wrong labels agrees with them.
    """
    if nothing := nothing_learned(run, epoch):
        return nothing
    record = run.at(epoch)
    if record is not None and record.test_accuracy is not None and record.test_accuracy < KNOWS:
        return (
            f"It predicts {1 - record.test_accuracy:.0%} of the test images wrong: most labels "
            "that look wrong are its own mistakes."
        )
    if seen := doubts(run, epoch):
        return (
            f"It has memorised wrong labels since epoch {seen.memorising_since} and no longer sees "
            f"them: the estimate of epoch {seen.best_read_at} is more reliable."
        )
    return ""
