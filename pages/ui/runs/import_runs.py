"""Runs that are imported from files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunInfo
from lnl.runs.exchange.bundles import import_runs
from pages.ui.runs import housekeeping
from pages.ui.shell import parts, state

MOST_MB = 500


def importing() -> None:
    """An upload field for a file with one or several runs, folded away."""
    with st.expander("Import runs", icon=":material/upload:", key="import"):
        number = st.session_state.setdefault("import_number", 0)
        uploaded = st.file_uploader(
            "A file of exported runs",
            type="zip",
            max_upload_size=MOST_MB,
            key=f"import_{number}",
            help="All values are checked, and nothing is executed. For larger files: "
            "`python -m lnl import FILE`.",
        )
        if uploaded is None:
            return
        try:
            with st.spinner("Checking the file…"):
                runs = _imported(uploaded.name, uploaded.getvalue())
        except LnlError as error:
            parts.error_box(error)
            return
    st.session_state["import_number"] = number + 1  # an empty field for the next one
    if len(runs) > 1:
        housekeeping.say(f"Imported **{len(runs)} runs**.")
    (run,) = runs
    housekeeping.say(f"Imported **{parts.plain(run.name)}**. {parts.plain(run.message)}")


def _imported(name: str, content: bytes) -> list[RunInfo]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name[-100:] or "run.zip")
        path.write_bytes(content)
        return state.store().found(import_runs(state.store(), path))
