"""The switches of a board: the truth hidden or shown, and the page for a lecture hall."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.shell import controls, parts

# The page without what a lecture hall need not see: set-up, navigation, advice.
LECTURE = """
<style>
  .st-key-page_head, .lnl-save, [class*="st-key-panel_"] [data-testid="stPopover"],
  .st-key-tight_head :is(h1, [data-testid="stCaptionContainer"]) { display: none; }
  [data-testid="stHeader"] { display: none; }
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
    big: bool


def switches() -> Look:
    """Two switches; the address holds them: ``?hide=true&lecture=true``."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        hidden = controls.toggle(
            "Hide the truth",
            "hide",
            help="Draw everything as if nobody knew which labels are wrong. Guess, then reveal.",
        )
        big = presentation()
    return Look(truth=not hidden, big=big)


def presentation() -> bool:
    """The second of them alone."""
    big = controls.toggle(
        "Presentation",
        "lecture",
        help="Larger letters and lines, and nothing but the figures: for a lecture hall.",
    )
    if big:
        st.html(parts.NO_SIDE_BAR + LECTURE)
    return big
