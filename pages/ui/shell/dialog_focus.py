"""``keep_keys_in_dialogs``: Escape and Tab reach an open dialog, also after its focus was lost.

A button that Streamlit 1.67 disables while it works (a download while its file is made) drops the
focus to the page, where the dialog, which listens within itself, hears no key. Should a disabled
button keep the focus, this is the file to remove.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.components import scripts

_focus = st.components.v2.component(
    "lnl_dialog_focus",
    js=scripts.text(__file__, "dialog_focus.js"),
)


def keep_keys_in_dialogs() -> None:
    """From now on, on every page of this window."""
    _focus(key="unseen_dialog_focus")
