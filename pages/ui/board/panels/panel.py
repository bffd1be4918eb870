"""What a panel of the board is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.board.view import View


def always(_view: View) -> bool:
    """For panels that every run has something for."""
    return True


@dataclass(frozen=True)
class Panel:
    """A view of some runs at an epoch; ``draw`` shows the figure under the panel's head.

    It is handed the place for its options, behind a sign in the head.
    """

    label: str  # one word, on its switch and in the address
    title: str
    what: str  # one sentence on what is seen
    how: str  # how to read it, on hover
    draw: Callable[[View, DeltaGenerator], None]
    applies: Callable[[View], bool] = always  # False: has nothing to show for these runs
    whole_row: bool = False  # needs the width of the page

    def show(self, view: View) -> None:
        """The panel with its head."""
        with st.container(key=f"panel_{self.label}", gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                told = self.how if view.explained else f"{self.what}\n\n{self.how}"
                st.subheader(self.title, anchor=False, help=told, width="stretch")
                aside = st.container(width="content")
            if view.explained and not view.big:
                st.caption(self.what)
            self.draw(view, aside)


def options(aside: DeltaGenerator) -> DeltaGenerator:
    """Where the options of a panel are: behind a sign in its head."""
    return aside.popover("Options", icon=":material/tune:", type="tertiary")
