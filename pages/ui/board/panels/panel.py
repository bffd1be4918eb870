"""What a panel of the board is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.board.view import View

Options = Callable[[], DeltaGenerator]
Arrange = Callable[[DeltaGenerator, DeltaGenerator], None]


def always(_view: View) -> bool:
    """For panels that every run has something for."""
    return True


@dataclass(frozen=True)
class Panel:
    """A view of some runs at an epoch; ``draw`` shows the figure under the panel's head.

    It is handed the place for its options, behind a sign in the head, which is there once it asks.
    """

    label: str  # one word, on its switch and in the address
    title: str
    what: str  # one sentence on what is seen
    how: str  # how to read it, on hover
    draw: Callable[[View, Options], None]
    applies: Callable[[View], bool] = always  # False: has nothing to show for these runs
    lacking: str = ""  # why it has nothing to show
    whole_row: bool = False  # needs the width of the page

    def show(self, view: View, arrange: Arrange | None = None) -> None:
        """The panel with its head.

        ``arrange`` adds what moves it on a board, behind the options and beside them.
        """
        with st.container(key=f"panel_{self.label}", gap="xsmall"):
            with st.container(
                horizontal=True, wrap=False, vertical_alignment="center", gap="small"
            ):
                told = self.how if view.explained else f"{self.what}\n\n{self.how}"
                st.subheader(self.title, anchor=False, help=told, width="stretch")
                aside = st.container(width="content", horizontal=True, gap="xsmall")
            if view.explained and not view.big:
                st.caption(self.what)
            options = _behind(aside) if arrange else None
            if self.applies(view):
                self.draw(view, lambda: options or _behind(aside))
            else:
                st.info(self.lacking)
            if arrange and options:
                arrange(options, aside)


def _behind(aside: DeltaGenerator) -> DeltaGenerator:
    return aside.popover("Options", icon=":material/tune:", type="tertiary")
