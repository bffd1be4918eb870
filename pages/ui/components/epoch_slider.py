"""The epoch slider: replays any finished epoch; follows the newest one until it is moved.

Play goes through the epochs at a chosen pace and ends at the newest; the next epoch is asked for
once the last one has come, so a slow server shows each of them. The space bar plays and pauses.

A component of ours: Streamlit's slider has one value for page and server, and while a run moves it,
a late answer of the browser counts as a move by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.ui.components import numbered, scripts

KEY = "epoch_slider"
HTML = """
<div class="lnl-room"><div class="lnl-epoch">
  <button type="button" class="lnl-play">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path></path></svg><span></span></button>
  <label class="lnl-slide">
    <span class="lnl-where">Epoch <output></output> <span class="lnl-of"></span>
      <span class="lnl-live" hidden>· live</span></span>
    <input type="range" min="1" step="1" aria-label="Epoch"
      title="Move it to look at any finished epoch; training goes on meanwhile">
  </label>
  <select class="lnl-speed" aria-label="Speed" title="Epochs per second while playing">
    <option value="0.5">0.5 / s</option>
    <option value="1">1 / s</option>
    <option value="2" selected>2 / s</option>
    <option value="4">4 / s</option>
  </select>
  <button type="button" class="lnl-back" hidden>
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 2v12l7-6zM10 2h3v12h-3z"></path></svg>
    <span></span></button>
</div></div>
"""
CSS = """
.lnl-room { container-type: inline-size; }
.lnl-epoch { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; font: inherit; }
.lnl-epoch label { color: var(--st-text-color); }
.lnl-epoch .lnl-slide {
  display: flex; flex: 1; flex-wrap: wrap; align-items: center; gap: 0 1rem; min-width: 8rem;
}
.lnl-epoch .lnl-where { white-space: nowrap; }
.lnl-epoch .lnl-play { min-width: 6rem; }
.lnl-epoch svg { width: 1em; height: 1em; margin-right: 0.4em; vertical-align: -0.1em; }
.lnl-epoch path { fill: currentColor; }
.lnl-epoch input {
  flex: 1 1 8rem; min-width: 0; height: 1.75rem; margin: 0; accent-color: var(--st-primary-color);
}
.lnl-epoch output { font-weight: 600; font-variant-numeric: tabular-nums; }
.lnl-epoch .lnl-of { opacity: 0.7; }
.lnl-epoch button, .lnl-epoch select {
  font: inherit; color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  padding: 0.35rem 0.75rem; cursor: pointer; white-space: nowrap;
}
.lnl-epoch button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
.lnl-epoch :is(button, select):focus-visible { outline: 2px solid var(--st-primary-color); }
.lnl-epoch .lnl-back svg { display: none; }
/* where it is narrow, signs stand for words */
@container (max-width: 38rem) {
  .lnl-epoch { gap: 0.5rem; }
  .lnl-epoch .lnl-slide { min-width: 6rem; }
  .lnl-epoch select { padding-inline: 0.25rem; }
  .lnl-epoch .lnl-play { min-width: 0; }
  .lnl-epoch .lnl-back svg { display: inline; }
  .lnl-epoch button span { position: absolute; clip-path: inset(50%); }
  .lnl-epoch svg { margin-right: 0; }
}
"""

_slider = st.components.v2.component(
    "lnl_epoch",
    html=HTML,
    css=CSS,
    js=scripts.text(__file__, "remembered.js", "numbered.js", "epoch_slider.js"),
)


@dataclass(frozen=True)
class Replay:
    """What the slider shows; epochs are counted from 1."""

    epoch: int | None  # looked at; None: the newest
    newest: int  # finished
    total: int
    live: bool  # whether more may come
    runs: str = ""  # which they are: with others, playing ends
    by_itself: bool = False  # plays once when a browser first sees it, unless motion is reduced


def epoch_slider(replay: Replay, on_moved: Callable[[int | None], None]) -> None:
    """Draw it; ``on_moved`` is called with the epoch that the hand has chosen, None: the newest."""
    data = {
        "heard": numbered.last(KEY),
        "epoch": replay.epoch or 0,
        "newest": replay.newest,
        "total": replay.total,
        "alive": replay.live,
        "runs": replay.runs,
        "byItself": replay.by_itself,
        "back": "Back to live" if replay.live else "Newest epoch",
    }

    def moved() -> None:
        move = numbered.heard(KEY, "moved")
        if move and move["runs"] == replay.runs:
            on_moved(int(move["epoch"]) or None)

    _slider(key=KEY, data=data, on_moved_change=moved)
