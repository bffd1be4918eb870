"""What surrounds every page: the navigation, its guard, the run bar."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import streamlit as st

from pages.ui.components import downloads, plotly_js
from pages.ui.shell import (
    address,
    back,
    controls,
    dialog_focus,
    linked_epochs,
    live,
    navigation,
    parts,
    run_bar,
    state,
)
from pages.ui.shell.address import SET_UP

ROOT = Path(__file__).parents[3]
LOGO = ROOT / "static" / "logo.svg"
# Beside an open side bar Streamlit's margins would take a quarter of a narrow window, and some
# pages would be behind "2 more". What is drawn anew each second must not begin to fade each second.
STYLE = """
<style>
  [data-testid="stMain"] [data-stale="true"] {
    opacity: 1 !important; transition: none !important;
  }
  [data-testid="stMainBlockContainer"] { padding-inline: clamp(1rem, 5%, 5rem); }
  :root { --lnl-gap: 1rem; }
  /* what is heard or only listens takes no place, also while it is loaded */
  [class*="st-key-unseen_"] {
    position: absolute; width: 1px; min-width: 0; height: 1px; overflow: hidden;
    clip-path: inset(50%);
  }
  [data-testid="stTopNavLink"]:focus-visible {
    outline: 2px solid currentcolor; outline-offset: 2px;
  }
  /* beside an open side bar all pages have room without their signs */
  @media (max-width: 1100px) {
    [data-testid="stTopNavLink"] > span:first-child { display: none; }
  }
  @media (max-width: 960px) {
    [data-testid="stTopNavLink"] { padding-inline: 0.125rem; }
  }
</style>
"""


@dataclass(frozen=True)
class PageCard:
    """An entry of the navigation."""

    file: str
    title: str
    icon: str
    help: str
    set_up: bool = False  # in the side bar
    keeps: tuple[str, ...] = ()  # of the address, when one comes back to the page


PAGES = (
    PageCard(
        "pages/watch.py",
        "Watch",
        ":material/monitoring:",
        "Train on noisy labels and see, epoch by epoch, what the network makes of them.",
        set_up=True,
        keeps=SET_UP,
    ),
    PageCard(
        "pages/compare.py",
        "Compare",
        ":material/compare_arrows:",
        "Any runs side by side: curves, tables, published numbers, where they disagree; a report.",
    ),
    PageCard(
        "pages/samples.py",
        "Samples",
        ":material/image_search:",
        "The training images: which labels are doubted, memorised or forgotten, and since when.",
    ),
    PageCard(
        "pages/data.py",
        "Data",
        ":material/grid_on:",
        "Look at a data set and at the wrong labels before anything is trained.",
        set_up=True,
        keeps=SET_UP,
    ),
    PageCard(
        "pages/methods.py",
        "Methods",
        ":material/functions:",
        "What each method does: idea, equations, code, settings, cost, published numbers.",
        keeps=("method",),
    ),
    PageCard(
        "pages/lessons.py",
        "Lessons",
        ":material/school:",
        "Ten guided experiments: guess, run, see what happened. Each takes under a minute.",
    ),
    PageCard(
        "pages/runs.py",
        "Runs",
        ":material/list:",
        "All runs: search, annotate, tag, fork, download, import, clean up.",
    ),
)


def _navigation() -> st.Page:
    pages = [
        st.Page(
            ROOT / card.file, title=card.title, icon=card.icon, help=card.help, default=not place
        )
        for place, card in enumerate(PAGES)
    ]
    return st.navigation(pages, position="top")


def file_of(title: str) -> Path:
    """The file of a page, for links."""
    return ROOT / next(card.file for card in PAGES if card.title == title)


def show() -> None:
    """Everything on the screen: navigation, run bar, and the page that is asked for."""
    st.set_page_config(page_title="LNL Explorer", page_icon=str(LOGO), layout="wide")
    page = _navigation()
    if navigation.going():
        return
    st.logo(str(LOGO))
    card = next(card for card in PAGES if card.title == page.title)
    address.entered(card.title, card.keeps)
    downloads.on_page(card.title)
    st.html(STYLE + controls.style() + ("" if card.set_up else parts.NO_SIDE_BAR))
    _prepare()
    run_bar.run_bar()
    st.session_state["_framed"] = True
    try:
        page.run()
    finally:
        del st.session_state["_framed"]
        _listen()
    live.left_over()


def _listen() -> None:
    """Below all that is seen, which would move when these are loaded; also where a page stops."""
    back.one_entry_an_act()
    dialog_focus.keep_keys_in_dialogs()
    linked_epochs.link_epochs()


@st.cache_resource(show_spinner="Starting: this takes some seconds, once.")
def _prepare() -> None:
    """Once a process: what the first page needs, and the slow import that it need not wait for."""
    plotly_js.install()
    import_module("pandas")  # plotly breaks on one that the thread below has half imported
    state.loading()
    state.give_recorded()


def ensure() -> None:
    """First line of each page: it must not run alone.

    Streamlit would do so because of the folder's name, ``pages``, as long as it has seen no
    ``st.navigation``: at the first request after a start, if that is a deep link.
    """
    if "_framed" not in st.session_state:
        show()
        st.stop()
