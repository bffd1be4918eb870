"""Which stored runs are shown side by side, old or new; the address holds the choice."""

from __future__ import annotations

from collections.abc import Iterable

from lnl.comparison import titles
from lnl.records import RunInfo
from pages.ui.shell import controls, in_view
from pages.ui.shell.address import MOST_RUNS


def run_chooser(known: list[RunInfo], missing: Iterable[str]) -> None:
    """A list to choose from; what is ``missing`` in the store can be taken off it."""
    controls.several(
        "Runs shown side by side",
        titles(known) | {run_id: f"{run_id[:60]} (not in the store)" for run_id in missing},
        "runs",
        most=MOST_RUNS,
        then=in_view.chosen,
        placeholder="Choose runs to look at",
    )
