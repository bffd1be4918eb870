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
    here = address.now()
    epoch = here.epoch if here.epoch is not None and here.epoch < newest else None
    ids = ",".join(run.id for run in runs)
    live = any(map(state.busy, runs))

    def moved(chosen: int | None) -> None:
        if address.now().runs == here.runs:  # a late request may come after others were chosen
            look_at(chosen)

    epoch_slider(Replay(epoch, newest, total, live, ids, by_itself), moved)
    return epoch


def look_at(epoch: int | None) -> None:
    """Callback: put an epoch into the address; None: the newest."""
    address.change(epoch=epoch)
