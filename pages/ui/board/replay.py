"""Which epoch of some runs is looked at: the slider over all that have one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lnl.records import RunInfo
from pages.ui.components.epoch_slider import Replay, epoch_slider
from pages.ui.shell import address, state


def replay(runs: Sequence[RunInfo]) -> int | None:
    """Draw the slider; the epoch looked at, which the address holds, or None for the newest."""
    place = st.container()  # there before the first epoch too: what follows is not built anew
    total = max(max(run.epochs, run.last_epoch) for run in runs)
    newest = max(run.last_epoch for run in runs)
    if total < 2 or newest == 0:
        return None
    asked = address.now().epoch
    epoch = asked if asked is not None and asked < newest else None
    with place:
        epoch_slider(Replay(epoch, newest, total, any(map(state.busy, runs))), look_at)
    return epoch


def look_at(epoch: int | None) -> None:
    """Callback: put an epoch into the address; None: the newest."""
    address.change(epoch=epoch)
