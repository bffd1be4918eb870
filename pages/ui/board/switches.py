"""The switches of a board: the truth hidden or shown, and the page for a lecture hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.ui.board import keys
from pages.ui.shell import controls, parts

Hide = Literal["", "truth", "verdicts"]
HIDE: dict[Hide, str] = {"": "Shown", "truth": "Hidden", "verdicts": "Guess"}
TRUTH = (
    "**Hidden**: everything is drawn as if nobody knew which labels are wrong; verdicts are "
    "estimates. **Guess**: hidden, and without verdicts. Guess, then show the truth."
)
STYLE = """
<style>
  .st-key-truth button { padding-inline: 0.5rem; }
  .st-key-truth [data-testid="stCaptionContainer"] { white-space: nowrap; }
  @media (max-width: 40rem) {
    .st-key-truth > :first-child { display: none; }
  }
</style>
"""
# A phone is no lecture hall, and has no room for the way into one.
NO_LECTURE = """
<style>
  @media (max-width: 40rem) { .st-key-lecture { display: none; } }
</style>
"""
# The page without what a lecture hall need not see: set-up, navigation, options. The switches are
# there for the mouse and the Tab key; a screen to be touched shows them.
LECTURE = """
<style>
  .st-key-page_head, .lnl-save, .st-key-panel_switches, .st-key-start_bar,
  [data-testid="stMainBlockContainer"] [data-testid="stTooltipIcon"],
  [class*="st-key-panel_"] [data-testid="stPopover"],
  [class*="st-key-panel_"] [class*="st-key-arrange_"],
  .st-key-tight_head :is(h1, [data-testid="stCaptionContainer"]) { display: none; }
  [data-testid="stHeader"] { display: none; }
  [class*="st-key-verdict_"] p {
    display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
    white-space: normal !important; min-height: 2lh; line-height: 1.25;
  }
  .st-key-switches {
    position: fixed; inset: 0 0 auto auto; z-index: 1000; width: auto; padding: 0.25rem 1rem;
    backdrop-filter: blur(1rem); opacity: 0; transition: opacity 0.15s;
  }
  .st-key-switches:is(:hover, :focus-within) { opacity: 1; }
  @media (hover: none) { .st-key-switches { position: static; opacity: 1; } }
  [data-testid="stMainBlockContainer"] { padding-block: 0.75rem !important; }
  [data-testid="stMainBlockContainer"] { font-size: 1.375rem; }
  [data-testid="stMainBlockContainer"] p { font-size: 1.375rem; }
  [data-testid="stMainBlockContainer"] h3 { font-size: 1.5rem !important; }
  [data-testid="stMainBlockContainer"] [data-testid="stSelectbox"] * { font-size: 1.25rem; }
  [data-testid="stMainBlockContainer"] .stMarkdownBadge { font-size: 1.25rem !important; }
  [data-testid="stMainBlockContainer"] [data-testid="stCheckbox"] label { align-items: center; }
</style>
"""


@dataclass(frozen=True)
class Look:
    """How a board is looked at."""

    truth: bool
    judged: bool  # False: no verdicts
    big: bool


def switches(panels: Sequence[str] = ()) -> Look:
    """What is hidden, and the presentation: ``?hide=truth&lecture=true``.

    ``panels`` are those that a presentation turns on and off by their number.
    """
    st.html(STYLE)
    with st.container(horizontal=True, horizontal_alignment="right", key="switches"):
        with st.container(
            horizontal=True,
            width="content",
            gap="xsmall",
            vertical_alignment="center",
            key="truth",
        ):
            st.caption("Truth", help=TRUTH, width="content")
            hidden = controls.one_of("Truth", HIDE, "hide", label_visibility="collapsed")
        big = presentation(keys.Acts(truth=True, panels=tuple(panels)))
    return Look(truth=not hidden, judged=hidden != "verdicts", big=big)


def presentation(acts: keys.Acts) -> bool:
    """The second of them alone, and the keys that it has."""
    big = controls.toggle(
        "Presentation",
        "lecture",
        help=f"Larger letters and lines, and nothing but the figures: for a lecture hall. "
        f"Keys: {keys.told(acts)}.",
    )
    st.html(parts.NO_SIDE_BAR + LECTURE if big else NO_LECTURE)
    if big:
        keys.keys(acts)
    return big
