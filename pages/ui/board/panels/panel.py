"""What a panel of the board is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pages.ui.board.view import View
from pages.ui.shell import parts


def always(_view: View) -> bool:
    """For panels that every run has something for."""
    return True


@dataclass(frozen=True)
class Panel:
    """A view of some runs at an epoch; ``draw`` shows the figure under the panel's head."""

    label: str  # one word, on its switch and in the address
    title: str
    what: str  # one sentence on what is seen
    how: str  # how to read it, on hover
    draw: Callable[[View], None]
    applies: Callable[[View], bool] = always  # False: has nothing to show for these runs

    def show(self, view: View) -> None:
        """The panel with its head."""
        parts.panel_head(self.title, self.what, self.how, view.big)
        self.draw(view)
