"""What comes into the store without training: a run from a file, a run that was just deleted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from lnl.errors import LnlError
from lnl.runs.exchange.importing import import_run
from pages.ui.runs import housekeeping
from pages.ui.shell import parts, state

MOST_MB = 500


def undo_bar() -> None:
    """The run deleted last, with the way back."""
    deleted = st.session_state.get("deleted")
    if not deleted:
        return
    run_id, name = deleted
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"Deleted **{parts.plain(name)}**. It can be brought back for a week.")
        if st.button("Undo", icon=":material/undo:"):
            state.attempt(state.store().restore, [run_id])
            del st.session_state["deleted"]
            st.rerun()


def importing() -> None:
    """A field for the file of a run, folded away."""
    with st.expander("Import a run", icon=":material/upload:", key="import"):
        number = st.session_state.setdefault("import_number", 0)
        uploaded = st.file_uploader(
            "A run that was downloaded or exported elsewhere",
            type="zip",
            max_upload_size=MOST_MB,
            key=f"import_{number}",
            help="Every value in it is checked, and nothing in it is executed. Larger files: "
            "`python -m lnl import FILE`.",
        )
        if uploaded is None:
            return
        try:
            with st.spinner("Checking the file…"):
                run_id = _imported(uploaded.name, uploaded.getvalue())
        except LnlError as error:
            parts.error_box(error)
            return
    st.session_state["import_number"] = number + 1  # an empty field for the next one
    run = state.store().run(run_id)
    housekeeping.say(f"Imported **{parts.plain(run.name)}**. {parts.plain(run.message)}")


def _imported(name: str, content: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name[-100:] or "run.zip")
        path.write_bytes(content)
        return import_run(state.store(), path)
