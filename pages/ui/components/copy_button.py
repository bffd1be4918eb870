"""``copy_button``: puts a text on the clipboard, and says that it did.

The sign that ``st.code`` has for this is seen only while the pointer is over it, and needs HTTPS
where the server is another machine.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.components import scripts

HTML = """
<button type="button" class="lnl-copy"></button>
<span class="lnl-copied" role="status"></span>
"""
CSS = """
:host { white-space: nowrap; }
.lnl-copy {
  font: inherit; color: white; background: var(--st-primary-color); border: 0; cursor: pointer;
  border-radius: var(--st-button-radius, 0.5rem); padding: 0.45rem 0.9rem;
}
.lnl-copy:hover { filter: brightness(1.1); }
.lnl-copy:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.lnl-copied:not(:empty) { margin-left: 0.5rem; color: var(--st-text-color); }
"""

_copy = st.components.v2.component(
    "lnl_copy", html=HTML, css=CSS, js=scripts.text(__file__, "copy_button.js")
)


def copy_button(label: str, text: str, key: str) -> None:
    """A button that copies ``text``."""
    _copy(key=key, data={"label": label, "text": text}, width="content")
