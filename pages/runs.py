"""Runs: everything that was trained, runs started together side by side."""

from __future__ import annotations

import streamlit as st

from lnl.records import Status
from lnl.runs.store import listing
from lnl.runs.store.listing import Query
from lnl.runs.store.run_queries import ALIVE
from pages.ui.runs import (
    columns,
    housekeeping,
    import_runs,
    run_dialogs,
    run_row,
    selection,
    selection_dialogs,
    undo,
)
from pages.ui.shell import address, controls, frame, live, parts, state

ROWS = 12  # runs per page; a large start may take it over that
STATUSES: dict[str, tuple[str, tuple[Status, ...]]] = {
    "any": ("any status", ()),
    "alive": ("training or queued", ALIVE),
    "done": ("done", ("done",)),
    "ended": ("ended early", ("stopped", "failed", "interrupted")),
}
ORDERS = {
    "newest": "newest first",
    "oldest": "oldest first",
    "best": "best accuracy",
    "last": "last accuracy",
    "longest": "longest first",
    "method": "by method",
    "name": "by name",
}

frame.ensure()
parts.head(
    "Runs",
    "All runs trained here, from the app or the command line. Runs started together are listed "
    "together.",
)
st.html(run_row.STYLE + selection.STYLE + columns.STYLE)


def chosen() -> Query:
    """The filter's widgets; the URL stores their values."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = controls.text(
            "Search",
            "find",
            placeholder="name, tag, note, method, data",
            icon=":material/search:",
            help="Every word must occur in the run's name, tags, note, method or data.",
        )
        titles = {name: title for name, (title, _) in STATUSES.items()}
        status = controls.select("Status", titles, "status", width=170)
        order = controls.select("Order", ORDERS, "order", width=170)
        starred = controls.toggle("Starred", "starred", help="Show starred runs only.")
        columns.chooser()
    return Query(text, STATUSES[status][1], starred, order)


def listed(query: Query) -> bool:
    """A page of the list as it stands now; whether any run may still change."""
    found = listing.listed(state.store().database, query, address.now().page, ROWS)
    selection.bar(found)
    for start in found.starts:
        run_row.start_of(start)
    if not found.count:
        parts.empty("No run matches.", "Change the search or the status above.")
    for problem in found.problems:
        st.warning(parts.plain(problem))
    if found.pages > 1:
        controls.page(found.pages, "page", found.page)
    return any(map(state.busy, state.alive()))


with st.container():  # always there: what follows would be built anew with it
    undo.bar()
if state.store().count():
    query = chosen()
    live.refreshed(lambda: listed(query), "runs", any(map(state.busy, state.alive())))
else:
    parts.empty("No runs yet.", "Start one on the **Watch** page: it takes about a minute.")
    st.page_link(frame.file_of("Watch"), label="Go to Watch", icon=":material/monitoring:")
import_runs.importing()
housekeeping.housekeeping()
run_dialogs.show()
selection_dialogs.show()
