"""Small pieces that every page uses."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunInfo

# Where a fragment switches the page, Streamlit 1.67 may keep the former page's side bar, empty,
# until the script has run once more.
NO_SIDE_BAR = """
<style>
  [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
</style>
"""


GLYPHS = (
    "A glyph stands for each row of the table: a bar per column, or per few that stand together, "
    "up where the row lies above the mean of the training rows and down where below."
)


def glyphs(runs: Iterable[RunInfo]) -> None:
    """What stands in the place of images, where the data of runs are rows of a table."""
    if any(run.data.columns for run in runs):
        st.caption(GLYPHS)


def head(title: str, sentence: str) -> None:
    """The page's name and what it is for."""
    with st.container(key="page_head"):
        st.title(title, anchor=False)
        st.markdown(sentence)


# A page whose pictures come first: little above them, and little between.
TIGHT = """
<style>
  [data-testid="stMainBlockContainer"] { padding-block: 4.25rem 1rem; }
  :root { --lnl-gap: 0.5rem; }
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: var(--lnl-gap); }
  .st-key-tight_head h1 { font-size: 1.25rem; padding: 0; }
  .st-key-tight_about p {
    display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
    line-height: 1.25;
  }
  [class*="st-key-panel_"] h3 { font-size: 1.125rem; padding: 0; }
  .st-key-tight_slider { flex-wrap: nowrap; }
  .st-key-tight_slider > :first-child { min-width: 0; }
  /* no higher than the switches it stands for until they are loaded */
  .st-key-panel_switches [data-testid="stSkeleton"] { height: 2rem; }
  @media (max-width: 40rem) {  /* a phone: the pictures before what chooses others */
    .st-key-tight_head { row-gap: 0.25rem; }
    .st-key-tight_head > :has(> .st-key-tight_about) { order: 1; flex: 1 0 100%; }
    :has(> * > .st-key-tight_slider) { gap: var(--lnl-gap); }
    :has(> .st-key-panel_switches) { order: 1; }
    .st-key-first_screen .lnl-save { display: none; }
  }
  @media (max-width: 68rem) {
    .st-key-report button p { position: absolute; clip-path: inset(50%); }
    .st-key-report button * { gap: 0; margin: 0; }
  }
</style>
"""


def empty(what: str, what_to_do: str) -> None:
    """An empty state: what would be here, and how to get it."""
    with st.container(border=True):
        st.markdown(f"**{what}**")
        st.markdown(what_to_do)


def error_box(error: Exception) -> None:
    """An error in words; details are in the log."""
    st.error(words(error), icon=":material/error:")


def words(error: Exception) -> str:
    """What a user is told of an error: our own words, or where to look."""
    if isinstance(error, LnlError):
        return plain(str(error))
    return f"Something broke here ({type(error).__name__}). The server's log says more."


def plain(text: str) -> str:
    """Text from outside, safe in Markdown: names must not become links, formulas or colours."""
    special = "\\`*_{}[]()<>#+-.!|$:~"
    return "".join(f"\\{letter}" if letter in special else letter for letter in text)


def panel_head(title: str, what: str, how: str, big: bool = False) -> None:
    """A figure's title, one sentence on what is seen, and how to read it on hover.

    ``big``: the title alone, for a lecture hall.
    """
    st.subheader(title, anchor=False, help=how)
    if not big:
        st.caption(what)
