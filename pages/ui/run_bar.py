"""The run bar, on every page: what trains now, its buttons; nothing where nothing is alive."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lnl.records import RunInfo
from pages.ui import live, parts, progress, state

Act = Callable[[str], object]
# Where it is narrow, signs stand for the buttons' words, and the device only in the badge's hint;
# on a phone, which has no hints, the words have a line of their own.
STYLE = """
<style>
  .st-key-run_bar { container-type: inline-size; }
  @container (max-width: 44rem) {
    .st-key-run_bar button { padding-inline: 0.5rem; }
    .st-key-run_bar button * { gap: 0; margin: 0; }
    .st-key-run_bar button p { position: absolute; clip-path: inset(50%); }
  }
  @container (28rem < width <= 44rem) {
    :has(> .st-key-run_device) { display: none; }
  }
  @container (max-width: 28rem) {
    .stHorizontalBlock:has(> * > .st-key-run_words) { flex-wrap: wrap; row-gap: 0.25rem; }
    :has(> .st-key-run_device) { flex: 1 1 0; }
    :has(> .st-key-run_words) { order: 1; flex: 1 0 100%; }
  }
</style>
"""


def run_bar() -> None:
    """What trains now, and its buttons; nothing at all where nothing is alive."""
    st.html(STYLE)
    alive = [run for run in state.all_runs() if run.alive]
    live.refreshed(_bar, "run_bar", any(map(state.busy, alive)))


def _bar() -> bool:
    store = state.store()
    store.sweep()
    alive = [run for run in store.runs() if run.alive]
    if not alive:
        return False
    busy = any(map(state.busy, alive))
    group = _first(alive)
    with (
        st.container(border=True, key="run_bar"),
        st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"),
    ):
        label, colour, icon = _standing(group)
        furthest = max(group, key=progress.share_done)
        device = parts.plain(furthest.device)
        st.badge(label, icon=icon, color=colour, help=f"On {device}" if device else None)
        with st.container(key="run_words"):
            st.markdown(_described(group, furthest, len(alive) - len(group)))
        with st.container(key="run_device", width="content"):
            st.caption(device)
        buttons = st.container(
            horizontal=True, wrap=False, width="content", gap="xsmall", key="run_buttons"
        )
        with buttons:
            _buttons(group)
    return busy


def _first(alive: list[RunInfo]) -> list[RunInfo]:
    """The runs of the start that trains now; else of the one that waits longest."""
    oldest = alive[::-1]
    lead = next((run for run in oldest if run.status == "running"), oldest[0])
    return [run for run in oldest if run.group == lead.group]


def _standing(group: list[RunInfo]) -> tuple[str, progress.Colour, str]:
    order = ("running", "paused", "queued")
    status = min((run.status for run in group), key=order.index)
    if status == "running" and any(run.wanted == "stop" for run in group):
        return "stopping", "orange", ":material/stop_circle:"
    if status == "running" and any(run.wanted == "pause" for run in group):
        return "pausing after this epoch", "orange", ":material/pause_circle:"
    return progress.STATUS[status]


def _described(group: list[RunInfo], furthest: RunInfo, others: int) -> str:
    short = progress.distinct([run.name for run in group])
    names = " and ".join(f"**{parts.plain(name)}**" for name in short[:3])
    if len(group) > 3:
        names += f" and {len(group) - 3} more"
    left = [progress.seconds_left(run, state.records(run)) for run in group]
    words = [names, progress.words(furthest), progress.clock(progress.together_left(left))]
    if others:
        words.append(f"{others} more {'run waits' if others == 1 else 'runs wait'}")
    return " · ".join(filter(None, words))


def _buttons(group: list[RunInfo]) -> None:
    manager, ids = state.manager(), [run.id for run in group]
    resting = all(run.status == "paused" or run.wanted == "pause" for run in group)
    if resting:
        _button("Go on", ":material/play_arrow:", "Train on", manager.resume, ids)
        _button(
            "One epoch",
            ":material/skip_next:",
            "Train one epoch, then rest",
            manager.one_epoch,
            ids,
        )
    else:
        _button("Pause", ":material/pause:", "Rest after this epoch", manager.pause, ids)
    _button(
        "Stop",
        ":material/stop:",
        "Stop now; the epoch under way is dropped. The runs stay, and can be resumed",
        manager.stop,
        ids,
    )


def _button(label: str, icon: str, help: str, act: Act, ids: list[str]) -> None:
    if st.button(label, icon=icon, help=help, key=f"bar_{label}"):
        state.attempt(act, ids)
        st.rerun()
