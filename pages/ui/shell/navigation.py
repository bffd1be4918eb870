"""``go``: to another page, from wherever, also while something ticks.

A tick of a live part's timer that meets ``st.switch_page`` makes Streamlit 1.67 run the old part on
the new page: the browser shows an error, or the old address. So the whole page runs first, which
ends the timers, and the browser says when it has: what it sent before has then arrived.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import streamlit as st

from pages.ui.shell import state
from pages.ui.shell.address import Address

_quiet = st.components.v2.component(
    "lnl_leaving",
    js="""
let last;
export default function ({ data, setTriggerValue }) {
  if (data.act === last) return; // drawn again
  last = data.act;
  setTriggerValue("quiet", true);
}
""",
)


def go(page: Path, to: Address) -> None:
    """Open a page with an address; nothing after this is done."""
    if not any(map(state.busy, state.store().alive())):
        st.switch_page(page, query_params=to.query())
    st.session_state["_going"] = (str(monotonic()), page, to.query())
    st.rerun()


def going() -> bool:
    """First on each page: go on to where ``go`` wants, as soon as nothing ticks any more.

    Until then nothing else may be drawn, and the script must come to its end: only then does
    Streamlit forget the live parts, of which a tick that is on its way would run one.
    """
    if "_going" not in st.session_state:
        return False
    act, page, query = st.session_state["_going"]
    heard = _quiet(key="leaving", data={"act": act}, on_quiet_change=lambda: None)
    if heard.quiet:
        del st.session_state["_going"]
        st.switch_page(page, query_params=query)
    return True
