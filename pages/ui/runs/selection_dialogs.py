"""What is done with all selected runs at once: tags, one file to download.

Which dialog is open stands in the session, not in the live list: a refresh leaves it alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunInfo
from lnl.runs.exchange.bundles import export_bundle
from lnl.runs.store import disk
from pages.ui.runs import run_dialogs
from pages.ui.runs.housekeeping import amount
from pages.ui.shell import address, parts, state

MOST_BYTES = 1_000_000_000  # of a download: the server holds it in memory
TITLES = {
    "tags": ("Tags", ":material/label:"),
    "export": ("Export", ":material/download:"),
}
_OPEN = "selection_dialog"


def ask(kind: str) -> None:
    """Open a dialog about the selected runs; the whole page runs once more."""
    st.session_state[_OPEN] = kind
    st.rerun()


def show() -> None:
    """The dialog that is open, if any; called by the page itself, outside its live part."""
    kind = st.session_state.get(_OPEN)
    if kind is None:
        return
    runs = state.store().found(address.now().selected)
    if not runs:
        _close()
        return
    title = f"{TITLES[kind][0]} of {len(runs)} run{'' if len(runs) == 1 else 's'}"
    st.dialog(title, width="medium", on_dismiss=_close)(_BODIES[kind])(runs)


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def _tags(runs: list[RunInfo]) -> None:
    add = st.multiselect(
        "Add",
        state.store().tags(),
        accept_new_options=True,
        key="tags_add",
        placeholder="Type a word and press Enter",
    )
    theirs = sorted({tag for run in runs for tag in run.tags})
    remove = st.multiselect("Remove", theirs, key="tags_remove") if theirs else []
    if st.button("Save", type="primary", key="save"):
        try:
            state.store().retag([run.id for run in runs], add, remove)
        except LnlError as error:
            parts.error_box(error)
            return
        _close()
        st.rerun()


def _export(runs: list[RunInfo]) -> None:
    trained = [run for run in runs if run.last_epoch]
    if left_out := len(runs) - len(trained):
        st.markdown(f"{left_out} without a finished epoch will be omitted.")
    if not trained:
        return
    st.markdown(
        "One file with a zip per run, to import elsewhere, on the page Runs or with "
        "`python -m lnl import FILE`."
    )
    sizes = [disk.run_size(state.store(), run.id) for run in trained]
    rest, total = sum(size.rest for size in sizes), sum(size.total for size in sizes)
    kinds = {
        "slim": ("**Compact**: all curves, and the samples of a few epochs.", 0),
        "all": (f"**Every epoch**: about {amount(rest)} before compression.", rest),
        "whole": (f"**With checkpoints**: about {amount(total)} before compression.", total),
    }
    if total == rest:
        del kinds["whole"]
    for kind, (words, size) in kinds.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words, width="stretch")
            if size > MOST_BYTES:
                st.caption("Too large for a browser: `python -m lnl export`", width="content")
                continue
            run_dialogs.download(partial(_packed, trained, kind), f"runs-{kind}.zip", kind)


def _packed(runs: list[RunInfo], kind: str) -> bytes:
    """Runs that were deleted meanwhile are left out."""
    known = [run.id for run in state.store().found([run.id for run in runs])]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.zip"
        export_bundle(state.store(), known, path, run_dialogs.EXPORTS[kind])
        return path.read_bytes()


_BODIES: dict[str, Callable[[list[RunInfo]], None]] = {"tags": _tags, "export": _export}
