"""``link_epochs``: the epoch under the pointer is marked on all curves of the page.

From the pointer's place and not from plotly's hover, which needs a point of a curve within 20
pixels. A part of its own, because what figures bring along is sent with each of them.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.components import scripts

CSS = """
.lnl-figure { position: relative; }
.lnl-marks i {
  position: absolute; width: 0; border-left: 1px dashed currentColor; opacity: 0.6;
  pointer-events: none;
}
"""

_linked = st.components.v2.component(
    "lnl_linked_epochs",
    css=CSS,
    js=scripts.text(__file__, "linked_epochs.js"),
    isolate_styles=False,  # the rules are for the figures of the page
)


def link_epochs() -> None:
    """From now on, on every page of this window."""
    _linked(key="unseen_linked_epochs")
