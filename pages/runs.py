"""Runs: everything that was trained, by the start that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lnl.records import RunInfo
from lnl.runs.store import listing
from pages.ui.runs import housekeeping, import_runs, run_dialogs, run_row
from pages.ui.shell import address, controls, frame, live, parts, state

ROWS = 12  # runs a page
STATUSES: dict[str, tuple[str, ...]] = {
    "any status": (),
    "training or waiting": ("queued", "running", "paused"),
    "done": ("done",),
    "ended early": ("stopped", "failed", "interrupted"),
}
ORDERS = {"newest": "newest first", "best": "best test accuracy", "name": "by name"}
# On a phone a run's words have a line of their own.
STYLE = """
<style>
  @media (max-width: 40rem) {
    [class*="st-key-runs_of_"] .stHorizontalBlock > [data-testid="stLayoutWrapper"]:nth-child(3) {
      flex: 1 0 100%;
    }
  }
</style>
"""

frame.ensure()
parts.head(
    "Runs",
    "Everything that was trained here, by the app or by the command line. Runs that were started "
    "together stand together.",
)
st.html(STYLE)


@dataclass(frozen=True)
class Filter:
    """What of all runs is listed, and how."""

    text: str
    status: str
    starred: bool
    order: str

    def pages(self, runs: list[RunInfo]) -> list[list[list[RunInfo]]]:
        """Starts, a page of them at a time."""
        found = listing.matching(runs, self.text, STATUSES[self.status], self.starred)
        return listing.pages(listing.starts(found, self.order), ROWS)


def chosen() -> Filter:
    """The filter's widgets; the address holds them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = controls.text(
            "Find",
            "find",
            placeholder="name, tag, note, method, data",
            icon=":material/search:",
            help="Every word must occur in the run's name, tags, note, method or data.",
        )
        statuses = {status: status for status in STATUSES}
        status = controls.select("Status", statuses, "status", width=190)
        order = controls.select("Order", ORDERS, "order", width=190)
        starred = controls.toggle("Starred only", "starred")
    return Filter(text, status, starred, order)


def listed(by: Filter) -> bool:
    """A page of the list as it stands now; whether any run may still change."""
    runs = state.all_runs()
    pages = by.pages(runs)
    here = st.container()
    page = controls.page(len(pages), "page", address.now().page) if len(pages) > 1 else 1
    with here:
        for start in pages[page - 1] if pages else ():
            run_row.start_of(start)
        if not pages:
            parts.empty("No run matches.", "Change the words or the status above.")
    for problem in state.store().problems():
        st.warning(parts.plain(problem))
    return any(map(state.busy, runs))


import_runs.undo_bar()
runs = state.all_runs()
if runs:
    by = chosen()
    live.refreshed(lambda: listed(by), "runs", any(map(state.busy, runs)))
else:
    parts.empty("No runs yet.", "Start one on the **Watch** page: it takes about a minute.")
    st.page_link(frame.file_of("Watch"), label="Go to Watch", icon=":material/monitoring:")
import_runs.importing()
housekeeping.housekeeping()
run_dialogs.show()
