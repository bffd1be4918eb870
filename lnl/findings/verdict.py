"""What a run shows at an epoch, in words with their numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from lnl.findings import summary
from lnl.findings.measured_on import words_for_test_set
from lnl.findings.run_records import RunRecords
from lnl.findings.summary import HARM, Course, Phases
from lnl.findings.trust import guesses, nothing_learned
from lnl.records import EpochRecord

Tone = Literal["bad", "good", "open"]
MUCH = 0.15  # share of the mislabelled above chance (1/K) that is memorised beyond doubt
SWING = 0.1  # lost test accuracy that is no mere swing from one epoch to the next
LEARNS, LEARNED = 0.5, 0.75  # recovered shares of the mislabelled: the classes are seen, known

ADDED = "Wrong labels are those of the added noise; the file's own labels may be wrong too."


@dataclass(frozen=True)
class Verdict:
    """One sentence for the headline, one with the numbers behind it."""

    tone: Tone
    headline: str
    numbers: str


def verdict(run: RunRecords, epoch: int | None = None) -> Verdict:
    """The verdict on a run at ``epoch`` (None: the last one evaluated)."""
    seen = until(run, epoch)
    record = seen.at(None)
    if record is None:
        return Verdict("open", "Nothing to see yet.", "The first epoch is not finished.")
    course = Course.of(seen.records)
    if not run.judged:
        return Verdict("open", "Learning, or memorising?", _test(course, run))
    if _learned_nothing(seen, record, course):
        headline = "Learned nothing: its test accuracy is that of guessing."
        return Verdict("bad", headline, f"{_test(course, run)} {nothing_learned(seen)}")
    if run.info.data.clean_rate is None:
        return _blind(seen, record, course)
    if record.memorised is None:
        return Verdict("open", "No label is wrong here: nothing to memorise.", _test(course, run))
    tone, headline = _judged(seen, record, course)
    parts = [f"Repeats {record.memorised:.0%} of the wrong labels"]
    if record.recovered is not None:
        parts[0] += f", gives {record.recovered:.0%} of those samples their true label"
    numbers = f"{parts[0]}. {_test(course, run)}"
    return Verdict(
        tone, headline, f"{numbers} {ADDED}" if run.info.data.noise_is_added else numbers
    )


def advice(run: RunRecords) -> str:
    """A hint for a run that still trains and only gets worse; empty where there is none.

    A schedule with stages to come is left alone: they may undo what this one has memorised.
    """
    course, found = Course.of(run.records), phases_of(run)
    record = run.at(None)
    last_stage = not run.info.stages or run.info.last_epoch >= run.info.stages[-1].first
    if course is None or record is None or not run.info.alive or not last_stage:
        return ""
    memorising = _memorises(run, record) or found.overfits_from is not None
    if found.onset is None or not memorising or course.best_epoch == course.last_epoch:
        return ""
    return (
        f"Stop here? The best test accuracy so far, {course.best:.1%}, was at epoch "
        f"{course.best_epoch}."
    )


@dataclass(frozen=True)
class Doubts:
    """A run that memorises at the epoch looked at, and where its doubts say more."""

    memorising_since: int  # epoch
    best_read_at: int  # epoch of the best test accuracy of the whole run
    estimated: bool  # the first follows from an estimated clean rate


def doubts(run: RunRecords, epoch: int | None = None) -> Doubts | None:
    """What a list of doubted labels at ``epoch`` (None: the last) must be read with; else None.

    A network that agrees with wrong labels doubts few of them. Without true labels it is told once
    the run overfits, as in the verdict; with them, once it memorises beyond doubt and its test
    accuracy is clearly below its best.
    """
    seen = until(run, epoch)
    record, course, found = seen.at(None), Course.of(run.records), phases_of(seen)
    if record is None or course is None or record.test_accuracy is None:
        return None
    since = found.overfits_from if found.estimated else found.onset
    clear = found.estimated or _memorises(run, record)
    if since is None or not clear or record.epoch <= since:
        return None
    if course.best - record.test_accuracy < HARM:
        return None
    return Doubts(since, course.best_epoch, found.estimated)


def until(run: RunRecords, epoch: int | None) -> RunRecords:
    """The run as it was at ``epoch``."""
    return replace(run, records=[r for r in run.records if epoch is None or r.epoch <= epoch])


def phases_of(run: RunRecords) -> Phases:
    """The phases of a run, estimated where its clean rate is unknown; none where not judged."""
    if not run.judged:
        return Phases()
    facts = run.info.data
    return summary.phases(run.records, facts.clean_rate, facts.num_classes)


def _judged(run: RunRecords, record: EpochRecord, course: Course | None) -> tuple[Tone, str]:
    found, ended = phases_of(run), record.epoch >= run.info.epochs
    counts = HARM if ended or found.onset is not None else SWING
    fell = course is not None and course.fell >= counts
    if _memorises(run, record) and found.onset is not None:
        ending = ", and the test accuracy falls" if fell else ""
        return "bad", f"Memorising wrong labels since epoch {found.onset}{ending}."
    takes_in = found.onset is not None
    if (record.recovered or 0.0) < LEARNS:
        if fell and takes_in:
            return "bad", "Forgets the classes and starts memorising wrong labels."
        if fell:
            return "open", "Resists the wrong labels, but its test accuracy has fallen."
        if ended:
            return "open", "Ended before it had learned the classes; it resisted the wrong labels."
        return "open", "Still learning: it fits neither the wrong labels nor yet the true ones."
    if takes_in:
        return "open", "Learns the classes, but starts memorising wrong labels."
    if fell:
        return "open", "Resists the wrong labels, but its test accuracy has fallen."
    if ended and (record.recovered or 0.0) < LEARNED:
        return "open", "Resisted the wrong labels, but learned only some of the classes."
    if ended:
        return "good", "Learned the classes and resisted the wrong labels."
    return "open", "So far it learns the classes and resists most wrong labels."


def _learned_nothing(run: RunRecords, record: EpochRecord, course: Course | None) -> bool:
    """Of a whole run: one that goes on may still learn; one that once knew them has forgotten."""
    ended = record.epoch >= run.info.epochs
    return ended and course is not None and guesses(course.best, run.info.data.num_classes)


def _memorises(run: RunRecords, record: EpochRecord) -> bool:
    return (record.memorised or 0.0) >= 1 / run.info.data.num_classes + MUCH


def _blind(run: RunRecords, record: EpochRecord, course: Course | None) -> Verdict:
    found, share = phases_of(run), record.train_accuracy_given
    headline = "True labels are unknown here, so nobody can count what is memorised."
    told = [] if share is None else [f"It agrees with {share:.0%} of the given labels"]
    if found.clean_rate is not None and told:
        told[0] += f"; about {found.clean_rate:.0%} of them are right, as estimated from the run"
    numbers = " ".join([*(f"{text}." for text in told), _test(course, run)])
    if found.overfits_from is None:
        return Verdict("open", headline, numbers)
    since = f"Probably memorising wrong labels since epoch {found.overfits_from} (estimated)."
    return Verdict("bad", f"True labels are unknown here. {since}", numbers)


def _test(course: Course | None, run: RunRecords) -> str:
    if course is None:
        return "No test accuracy."
    on = f" on {words_for_test_set(run.info.data)}" if run.info.data.held_out else ""
    if course.fell < HARM:
        return f"Test accuracy {course.last:.1%}{on}."
    was = f"down from {course.best:.1%} at epoch {course.best_epoch}"
    return f"Test accuracy {course.last:.1%}{on}, {was}."
