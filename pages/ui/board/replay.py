"""Which epoch of some runs is looked at: the slider over all that have one."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.records import RunInfo
from pages.ui.components.epoch_slider import Replay, epoch_slider
from pages.ui.shell import address, state


def replay(runs: Sequence[RunInfo], by_itself: bool = False) -> int | None:
    """Draw the slider, also before the first epoch: what follows keeps its place.

    Returns the epoch looked at, which the address holds, or None for the newest.

    ``by_itself``: it plays once where nobody has seen it yet.
    """
    total = max(max(run.epochs, run.last_epoch) for run in runs)
    newest = max(run.last_epoch for run in runs)
    asked = address.now().epoch
    epoch = asked if asked is not None and asked < newest else None
    ids = ",".join(run.id for run in runs)
    live = any(map(state.busy, runs))
    epoch_slider(Replay(epoch, newest, total, live, ids, by_itself), look_at)
    return epoch


def look_at(epoch: int | None) -> None:
    """Callback: put an epoch into the address; None: the newest."""
    address.change(epoch=epoch)
