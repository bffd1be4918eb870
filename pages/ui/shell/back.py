"""``one_entry_an_act``: the browser's Back undoes what was done last, whatever that changed.

Streamlit 1.67 makes an entry of the browser's history for each word that the server changes in the
address (``handlePageInfoChanged`` in its App.tsx), so that ``st.switch_page`` alone makes two: the
new words on the old page, then the new page. A bound widget makes none (``updateUrlParam``), so
that Back skips it. Should that change, this is the file to remove.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.components import scripts
from pages.ui.shell import address

_back = st.components.v2.component(
    "lnl_back",
    js=scripts.text(__file__, "back.js"),
)


def one_entry_an_act() -> None:
    """From now on, on every page of this window."""
    _back(key="unseen_back", on_pressed_change=address.turned_back)
