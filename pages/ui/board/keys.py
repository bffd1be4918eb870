"""The keys of a presentation; they rest while a field has the focus, or a dialog is open.

Play, epoch and full screen are the browser's own affair; what changes the address comes here.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.components import numbered, scripts
from pages.ui.shell import address

KEY = "presentation_keys"
HTML = '<div class="lnl-keys" aria-hidden="true"></div>'
CSS = """
.lnl-keys {
  position: fixed; inset: auto 0 0.75rem 0; z-index: 1000; width: fit-content; margin: auto;
  padding: 0.25rem 1rem; border-radius: var(--st-base-radius); font: inherit; font-size: 1.125rem;
  color: var(--st-background-color); background: var(--st-text-color);
  pointer-events: none; opacity: 0; transition: opacity 0.5s;
}
.lnl-keys.lnl-shown { opacity: 0.9; }
"""

_keys = st.components.v2.component(
    "lnl_keys",
    html=HTML,
    css=CSS,
    js=f"{scripts.text(scripts.__file__, 'numbered.js')}\n{scripts.text(__file__, 'keys.js')}",
)


@dataclass(frozen=True)
class Acts:
    """What keys can do on a page besides playing."""

    truth: bool = False  # hide it, and show it again
    panels: tuple[str, ...] = ()  # turn on and off by their number, from 1


def told(acts: Acts) -> str:
    """All keys in words."""
    parts = ["space plays", "← → epoch"]
    parts += ["T truth"] if acts.truth else []
    parts += [f"1 to {len(acts.panels)} panels"] if acts.panels else []
    return " · ".join([*parts, "F full screen", "Esc ends"])


def keys(acts: Acts) -> None:
    """Listen; the browser tells once which keys there are, and again when ? is pressed."""

    def pressed() -> None:
        _act(numbered.heard(KEY, "pressed"), acts)

    known = ["Escape", *(["t"] if acts.truth else ())]
    known += [str(number) for number in range(1, len(acts.panels) + 1)]
    _keys(key=KEY, data={"known": known, "told": told(acts)}, on_pressed_change=pressed)


def _act(key: str | None, acts: Acts) -> None:
    here = address.now()
    if key == "Escape":
        address.change(lecture=False)
    elif key == "t":
        address.change(hide="" if here.hide else "truth")
    elif key:
        label = acts.panels[int(key) - 1]
        others = tuple(name for name in here.panels if name != label)
        shown = others if label in here.panels else (*here.panels, label)
        address.change(panels=shown or here.panels)
