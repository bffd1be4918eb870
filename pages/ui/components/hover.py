"""``samples_on_hover``: the picture and the labels of the sample under the pointer, on any figure.

The figure says which point it is; pictures and labels were sent once for each data set before.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.components import scripts

CSS = """
.lnl-tip {
  position: fixed; z-index: 999990; pointer-events: none; display: none; padding: 0.5rem;
  border-radius: 0.5rem; border: 1px solid var(--st-border-color); max-width: 16rem;
  background: var(--st-background-color); color: var(--st-text-color); font-family: var(--st-font);
  font-size: 1rem; line-height: 1.35; box-shadow: 0 2px 12px rgba(0, 0, 0, 0.25);
}
.lnl-tip span { display: block; overflow-wrap: anywhere; }
.lnl-tip span:first-of-type { font-weight: 600; }
.lnl-tip .lnl-tip-picture { background-repeat: no-repeat; border-radius: 4px; margin: 0 0 0.25rem; }
.lnl-tip .lnl-sharp { image-rendering: pixelated; }
"""

_hover = st.components.v2.component(
    "lnl_hover",
    html='<div class="lnl-tip" role="status"></div>',
    css=CSS,
    js=scripts.text(__file__, "hover.js"),
)


@dataclass(frozen=True)
class Clicked:
    """A sample of a run, clicked on."""

    run: str
    sample: int


def samples_on_hover(payload: bytes, key: str) -> Clicked | None:
    """Serve all figures on the page whose ``meta.probe`` names data of ``payload``; the click."""
    heard = _hover(key=f"hover_{key}", data=payload, on_clicked_change=lambda: None)
    if not heard.clicked:
        return None
    return Clicked(str(heard.clicked["run"]), int(heard.clicked["sample"]))
