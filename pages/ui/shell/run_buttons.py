"""The buttons that control the runs of one start."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lnl.records import RunInfo
from pages.ui.shell import state

Act = Callable[[str], object]


def paused(group: list[RunInfo]) -> bool:
    """Whether they are paused, or will be after the current epoch."""
    return all(run.status == "paused" or run.wanted == "pause" for run in group)


def run_buttons(group: list[RunInfo]) -> None:
    """Pause or resume, and stop: all of them at once."""
    manager, ids = state.manager(), [run.id for run in group]
    if paused(group):
        _button("Resume", ":material/play_arrow:", "Resume training", manager.resume, ids)
        _button(
            "One epoch",
            ":material/skip_next:",
            "Train one epoch, then pause",
            manager.one_epoch,
            ids,
        )
    else:
        _button("Pause", ":material/pause:", "Pause after this epoch", manager.pause, ids)
    _button(
        "Stop",
        ":material/stop:",
        "Stop now and discard the current epoch. The runs stay and can be resumed",
        manager.stop,
        ids,
    )


def _button(label: str, icon: str, help: str, act: Act, ids: list[str]) -> None:
    if st.button(label, icon=icon, help=help, key=f"bar_{label}"):
        state.attempt(act, ids)
        st.rerun()
