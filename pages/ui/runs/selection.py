"""The runs that are selected, on whatever page of the list, and what can be done with them."""

from __future__ import annotations

import streamlit as st

from lnl.records import RunInfo
from lnl.runs.store.listing import Listed
from pages.ui.runs import selection_dialogs, undo
from pages.ui.shell import address, controls, frame, navigation, state
from pages.ui.shell.address import MOST_COMPARED, MOST_RUNS, MOST_SELECTED, Address

PAGES = {  # each with the most runs that it takes
    "Watch": (":material/monitoring:", MOST_RUNS),
    "Compare": (":material/compare_arrows:", MOST_COMPARED),
    "Samples": (":material/image_search:", MOST_COMPARED),
}
# It stays in sight while one scrolls, and as high whether it has buttons or not. Where it is
# narrow, signs stand for the buttons' words.
STYLE = """
<style>
  .st-key-selection { min-height: 2.5rem; container-type: inline-size; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-selection) {
    position: sticky; top: 3.75rem; z-index: 2; padding-block: 0.5rem;
  }
  @media (max-width: 40rem) { .st-key-selection { min-height: 6rem; } }
  .stApp :is(main, div):has(.st-key-selection) { background-color: inherit; }
  @container (max-width: 54rem) {
    .st-key-selection button { padding-inline: 0.5rem; }
    .st-key-selection button * { gap: 0; margin: 0; }
    .st-key-selection button p { position: absolute; clip-path: inset(50%); }
  }
</style>
"""


def bar(listed: Listed) -> None:
    """How many are selected, of how many; buttons for what can be done with them."""
    here = [run.id for start in listed.starts for run in start]
    runs = _selected()
    with (
        st.container(key="selection"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if here:
                controls.tick("Select all on this page", "page", here, label_visibility="collapsed")
            st.markdown(_words(runs, here, listed.count), width="content")
        if runs:
            with st.container(horizontal=True, width="content", gap="xsmall"):
                _buttons(runs)


def _selected() -> list[RunInfo]:
    """Those of the address that are still in the store; it then names no others."""
    asked = address.now().selected
    runs = state.store().found(asked) if asked else []
    if len(runs) < len(asked):
        address.change(selected=tuple(run.id for run in runs))
    return runs


def _words(runs: list[RunInfo], here: list[str], count: int) -> str:
    if not runs:
        return f"{count:,} run{'' if count == 1 else 's'}"
    told = [f"**{len(runs)} selected**"]
    if elsewhere := sum(run.id not in here for run in runs):
        told.append(f"{elsewhere} not on this page")
    if len(runs) > MOST_COMPARED:
        told.append(f"Compare takes up to {MOST_COMPARED}")
    elif len(runs) > MOST_RUNS:
        told.append(f"Watch takes up to {MOST_RUNS}")
    if len(runs) == MOST_SELECTED:
        told.append("the most that can be selected")
    return ", ".join(told)


def _buttons(runs: list[RunInfo]) -> None:
    ids = tuple(run.id for run in runs)
    for page, (icon, most) in PAGES.items():
        if st.button(
            page,
            icon=icon,
            key=f"selected_{page}",
            disabled=len(runs) > most,
            help=f"Open the selected runs on {page}",
        ):
            navigation.go(frame.file_of(page), Address(runs=ids))
    for kind, (title, icon) in selection_dialogs.TITLES.items():
        if st.button(
            title, icon=icon, key=f"selected_{kind}", help=f"{title} of the selected runs"
        ):
            selection_dialogs.ask(kind)
    if st.button(
        "Delete", icon=":material/delete:", key="selected_delete", help="Delete the selected runs"
    ):
        undo.delete(runs)
    st.button(
        "Clear",
        icon=":material/close:",
        key="selected_none",
        type="tertiary",
        help="Clear the selection",
        on_click=address.change,
        kwargs={"selected": ()},
    )
