"""The run bar, on every page: what trains now, its buttons; nothing where nothing is alive."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lnl.comparison import named
from lnl.records import RunInfo
from pages.ui.shell import live, parts, progress, run_buttons, state

Shape = tuple[tuple[str, ...], bool]  # the runs that it controls, and whether they are paused
# Where it is narrow, signs stand for the buttons' words, and the device only in the badge's hint;
# on a phone, which has no hints, the words have a line of their own.
STYLE = """
<style>
  .st-key-run_bar, .st-key-start_bar {
    container-type: inline-size; padding-block: 0.5rem; backdrop-filter: blur(1rem);
  }
  /* at the foot of the window, and in nobody's way: nothing moves when it comes or goes; before
     a first run, the button that starts it stands here (Watch) */
  [data-testid="stMainBlockContainer"] > * > :has(.st-key-run_bar, .st-key-start_bar) {
    position: sticky; top: calc(100dvh - 4rem); height: 0; margin-bottom: calc(-1 * var(--lnl-gap));
    z-index: 990;
  }
  @media (max-width: 31rem) {  /* two lines */
    [data-testid="stMainBlockContainer"] > * > :has(.st-key-run_bar) {
      top: calc(100dvh - 6.25rem);
    }
  }
  @container (max-width: 44rem) {
    .st-key-run_bar button { padding-inline: 0.5rem; }
    .st-key-run_bar button * { gap: 0; margin: 0; }
    .st-key-run_bar button p { position: absolute; clip-path: inset(50%); }
  }
  @container (28rem < width <= 44rem) {
    :has(> .st-key-run_device) { display: none; }
  }
  @container (max-width: 28rem) {
    .st-key-start_bar > :first-child { display: none; }
    .stHorizontalBlock:has(> * > .st-key-run_words) { flex-wrap: wrap; row-gap: 0.25rem; }
    :has(> .st-key-run_device) { flex: 1 1 0; }
    :has(> .st-key-run_words) { order: 1; flex: 1 0 100%; }
  }
</style>
"""


@dataclass(frozen=True)
class Places:
    """Where in the bar stands what changes while the same runs train."""

    status: DeltaGenerator
    words: DeltaGenerator
    device: DeltaGenerator


def run_bar() -> None:
    """What trains now, and its buttons; nothing at all where nothing is alive."""
    st.html(STYLE)
    st.session_state.pop(live.BESIDE, None)
    place = st.container()  # there without a bar too: what follows would be built anew with it
    alive = state.alive()
    if not alive:
        return
    group = _first(alive)
    with (
        place,
        st.container(border=True, key="run_bar"),
        st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"),
    ):
        status = st.empty()
        with st.container(key="run_words"):
            words = st.empty()
        with st.container(key="run_device", width="content"):
            places = Places(status, words, st.empty())
        buttons = st.container(
            horizontal=True, wrap=False, width="content", gap="xsmall", key="run_buttons"
        )
        with buttons:
            run_buttons.run_buttons(group)
    _tell(places, group, len(alive) - len(group))
    if any(map(state.busy, alive)):
        shape = _shape(group)
        live.beside(lambda: _refresh(places, shape))


def _refresh(places: Places, shape: Shape) -> bool:
    """Tell anew; where other runs or buttons are due, the whole page runs once more."""
    alive = state.alive()
    group = _first(alive) if alive else []
    if _shape(group) != shape:
        st.rerun()
    _tell(places, group, len(alive) - len(group))
    return any(map(state.busy, alive))


def _shape(group: list[RunInfo]) -> Shape:
    return tuple(run.id for run in group), run_buttons.paused(group)


def _tell(places: Places, group: list[RunInfo], others: int) -> None:
    label, colour, icon = _standing(group)
    furthest = max(group, key=progress.share_done)
    device = parts.plain(furthest.device)
    hint = f"On {device}" if device else None
    places.status.badge(label, icon=icon, color=colour, help=hint)
    places.words.markdown(_described(group, furthest, others))
    places.device.caption(device)


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
    names = " and ".join(f"**{parts.plain(run.name)}**" for run in named(group)[:3])
    if len(group) > 3:
        names += f" and {len(group) - 3} more"
    left = [progress.seconds_left(run, state.records(run)) for run in group]
    words = [names, progress.words(furthest), progress.clock(progress.together_left(left))]
    if others:
        words.append(f"{others} more {'run' if others == 1 else 'runs'} queued")
    return " · ".join(filter(None, words))
