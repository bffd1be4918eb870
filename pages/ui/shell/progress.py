"""Where runs stand, in numbers and words: stage, epoch, time left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median
from typing import Literal

from lnl import findings
from lnl.records import EpochRecord, Heartbeat, RunInfo, StageSpan

FEATURES = "features"  # what a frozen backbone's run does before its first epoch
RECENT = 5  # epochs whose median time predicts the next
Colour = Literal["gray", "green", "orange", "blue", "red"]
STATUS: dict[str, tuple[str, Colour, str]] = {
    "queued": ("queued", "gray", ":material/schedule:"),
    "running": ("training", "green", ":material/play_circle:"),
    "paused": ("paused", "orange", ":material/pause_circle:"),
    "stopped": ("stopped", "gray", ":material/stop_circle:"),
    "done": ("done", "blue", ":material/check_circle:"),
    "failed": ("failed", "red", ":material/error:"),
    "interrupted": ("interrupted", "orange", ":material/power_off:"),
}


def planned(stages: Sequence[StageSpan]) -> str:
    """A schedule before it is trained: "60 epochs", or "NL 20, SelNL 20, SelPL 20 epochs"."""
    if len(stages) == 1:
        return f"{stages[0].last} epochs"
    each = (f"{findings.spelled(s.name)} {s.last - s.first + 1}" for s in stages)
    return f"{', '.join(each)} epochs"


def share_done(run: RunInfo) -> float:
    """Share of the schedule that is trained, batches of the epoch under way included."""
    if run.epochs == 0:
        return 0.0
    beat = run.heartbeat
    begun = 0.0
    if beat and beat.stage != FEATURES and _under_way(run, beat) and beat.batches:
        begun = beat.batch / beat.batches
    return min((run.last_epoch + begun) / run.epochs, 1.0)


def _under_way(run: RunInfo, beat: Heartbeat) -> bool:
    return run.alive and beat.epoch == run.last_epoch + 1


def words(run: RunInfo) -> str:
    """Such as "SelNL, epoch 12 of 40"."""
    if run.status == "queued" and run.last_epoch == 0:
        return "waiting for its turn"
    if run.epochs == 0:
        return "preparing the data"
    if run.status == "done":
        if run.ended_early:
            return f"early stop after {run.epochs} of {run.spec.epochs} epochs"
        return f"all {run.epochs} epochs trained"
    beat = run.heartbeat
    if beat and beat.stage == FEATURES and _under_way(run, beat):
        return f"computing the features of the images, {beat.batch / max(beat.batches, 1):.0%}"
    under_way = run.heartbeat.epoch if run.alive and run.heartbeat else run.last_epoch
    epoch = min(max(under_way, run.last_epoch, 1), run.epochs)
    stage = next((s.name for s in run.stages if s.first <= epoch <= s.last), "")
    named = f"{findings.spelled(stage)}, " if len(run.stages) > 1 and stage else ""
    return f"{named}epoch {epoch} of {run.epochs}"


def seconds_left(run: RunInfo, records: Sequence[EpochRecord]) -> float | None:
    """Of its own training, from its latest epochs; None before the first."""
    if not records or not run.alive:
        return None
    return seconds_an_epoch(records) * run.epochs * (1 - share_done(run))


def seconds_an_epoch(records: Sequence[EpochRecord]) -> float:
    """Training and evaluation, median of the latest epochs."""
    return median(r.seconds + r.evaluation_seconds for r in records[-RECENT:])


def about(seconds: Sequence[float | None], source: str) -> str:
    """How long runs will take in turns, such as "About 2 min on this machine", "" if unknown.

    ``source``: what it is based on.
    """
    known = [each for each in seconds if each is not None]
    if not known or len(known) < len(seconds):
        return ""
    return f"About {findings.duration(sum(known))} on this machine, {source}."


def together_left(parts: Sequence[float | None]) -> float | None:
    """Of runs that take turns on a device; None while one of them is unknown."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


def clock(seconds: float | None) -> str:
    """Such as "1:05 left", "2:10:00 left"; empty where unknown."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left"


def when(moment: float, now: float | None = None) -> str:
    """Such as "just now", "12 min ago", "3 h ago", else the day."""
    passed = (time.time() if now is None else now) - moment
    if passed < 60:
        return "just now"
    if passed < 3600:
        return f"{passed / 60:.0f} min ago"
    if passed < 86_400:
        return f"{passed / 3600:.0f} h ago"
    return f"on {time.strftime('%d %B %Y', time.localtime(moment))}"
