"""Three hints on the picture, for who sees it for the first time; gone for good once put away."""

from __future__ import annotations

import streamlit as st

from pages.ui.components import scripts

HINTS = (
    (
        ".st-key-panel_Confidence .lnl-plot",
        "Every label by the network's confidence in it: clean ones upwards, mislabelled ones "
        "downwards. Where the piles part, it tells them apart.",
    ),
    (
        ".st-key-panel_Fitting .lnl-plot",
        "Black: the accuracy on the given labels. It passes the dashed clean rate only by "
        "memorising wrong labels.",
    ),
    (
        ".st-key-truth",
        "Nobody knows the truth in practice. Hide it, guess which method memorises, show it again.",
    ),
)
HTML = """
<div class="lnl-hint" role="note" hidden>
  <p></p>
  <div><span></span>
    <button type="button" class="lnl-away">Do not show again</button>
    <button type="button" class="lnl-next">Next</button></div>
</div>
"""
CSS = """
.lnl-hint {
  position: fixed; z-index: 995; box-sizing: border-box; width: 24rem; max-width: 90vw;
  padding: 0.75rem 1rem; border-radius: var(--st-base-radius); font: inherit; line-height: 1.35;
  color: var(--st-background-color); background: var(--st-text-color);
  box-shadow: 0 2px 12px rgba(0, 0, 0, 0.25);
}
.lnl-hint::before {
  content: ""; position: absolute; left: 50%; top: -0.4rem; width: 0.8rem; height: 0.8rem;
  rotate: 45deg; translate: -50%; background: inherit;
}
.lnl-hint p { margin: 0 0 0.5rem; }
.lnl-hint div { display: flex; align-items: center; gap: 0.75rem; }
.lnl-hint span { flex: 1; opacity: 0.8; }
.lnl-hint button {
  font: inherit; color: inherit; background: none; cursor: pointer; padding: 0.15rem 0.75rem;
  border: 1px solid currentColor; border-radius: var(--st-base-radius);
}
.lnl-hint .lnl-away { border: 0; padding: 0; text-decoration: underline; }
.lnl-hint button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""

_hints = st.components.v2.component(
    "lnl_hints",
    html=HTML,
    css=CSS,
    js=f"{scripts.text(scripts.__file__, 'remembered.js')}\n{scripts.text(__file__, 'hints.js')}",
)


def hints() -> None:
    """Show them, one after the other, to a browser that has not put them away."""
    _hints(key="hints", data=[{"at": at, "words": words} for at, words in HINTS])
