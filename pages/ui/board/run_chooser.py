"""Which stored runs are shown side by side, old or new; the address holds the choice."""

from __future__ import annotations

from lnl.comparison import titles
from pages.ui.shell import controls, in_view
from pages.ui.shell.address import MOST_RUNS
from pages.ui.shell.in_view import Choice


def run_chooser(choice: Choice, most: int = MOST_RUNS) -> None:
    """A list to choose from; what is missing in the store can be taken off it."""
    missing = {run_id: f"{run_id[:60]} (not in the store)" for run_id in choice.missing}
    controls.several(
        "Runs shown side by side",
        titles(in_view.offered(choice)) | missing,
        "runs",
        most=most,
        then=in_view.chosen,
        placeholder="Choose runs to look at",
    )
