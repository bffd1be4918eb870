"""The one line at the top of a board's page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui.board import panels, run_chooser, switches
from pages.ui.board.switches import Look
from pages.ui.shell import address
from pages.ui.shell.address import MOST_RUNS
from pages.ui.shell.in_view import Choice


def head(
    title: str,
    choice: Choice,
    about: Callable[[bool], str],
    most: int = MOST_RUNS,
    more: Callable[[], None] | None = None,
) -> Look:
    """The page's name, what its runs have in common, which they are, and how they are shown.

    ``about`` the runs is told whether the truth is shown; ``more`` stands under their list.
    """
    with st.container(key="tight_head", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="content")
        place = st.container(width="stretch", key="tight_about")
        if not address.now().lecture:
            with st.popover("Runs", icon=":material/checklist:", type="tertiary"):
                run_chooser.run_chooser(choice, most)
                if more:
                    more()
        with st.container(width="content"):
            look = switches.switches(panels.LABELS)
    with place:
        st.caption(about(look.truth) if choice.runs else "")
    return look
