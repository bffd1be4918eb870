"""What the menu of a run opens: its name and note, a fork, its command, its log, its file.

Which dialog is open stands in the session, not in the live list: a refresh leaves it alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from lnl import catalogue
from lnl.commands.run_as_command import command, implied_by
from lnl.errors import BadInput, LnlError
from lnl.records import RunInfo
from lnl.runs.exchange.exporting import export_run, export_slim
from lnl.runs.store import RunStore, disk
from lnl.runs.store.notes import MAX_NAME, MAX_NOTE
from lnl.runs.store.run_rows import why_not_trained_here
from pages.ui.components import copy_button
from pages.ui.runs import fork_form, housekeeping, run_log
from pages.ui.shell import frame, navigation, parts, state
from pages.ui.shell.address import Address

MENU = {
    "edit": "Name, note and tags",
    "fork": "Fork with one change",
    "command": "Show command",
    "log": "Log",
    "download": "Download",
    "delete": "Delete",
}
_OPEN = "run_dialog"


def ask(kind: str, run_id: str) -> None:
    """Open a dialog about a run; the whole page runs once more."""
    st.session_state[_OPEN] = (kind, run_id)
    st.rerun()


def show() -> None:
    """The dialog that is open, if any; called by the page itself, outside its live part."""
    kind, run_id = st.session_state.get(_OPEN, ("", ""))
    if kind not in _BODIES:
        return
    try:
        run = state.store().run(run_id)
    except BadInput:  # deleted for good meanwhile
        _close()
        return
    refused = why_not_trained_here(run) if kind in ("fork", "command") else ""
    body = (lambda _: st.info(parts.plain(refused))) if refused else _BODIES[kind]
    st.dialog(MENU[kind], width="medium", on_dismiss=_close)(body)(run)


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def _edit(run: RunInfo) -> None:
    name = st.text_input("Name", value=run.name, max_chars=MAX_NAME, key=f"name_{run.id}")
    tags = st.multiselect(
        "Tags",
        state.store().tags(),
        default=list(run.tags),
        accept_new_options=True,
        key=f"tags_{run.id}",
        placeholder="Type a word and press Enter",
        help="Short labels to search by, such as the lecture a run belongs to.",
    )
    note = st.text_area("Note", value=run.note, max_chars=MAX_NOTE, key=f"note_{run.id}")
    if st.button("Save", type="primary", key="save"):
        try:
            state.store().rename(run.id, name)
            state.store().annotate(run.id, note, tags)
        except LnlError as error:
            parts.error_box(error)
            return
        _close()
        st.rerun()


def _fork(run: RunInfo) -> None:
    started = fork_form.fork_form(run)
    if started:
        _close()
        navigation.go(frame.file_of("Watch"), Address(runs=(run.id, started)))


def _command(run: RunInfo) -> None:
    st.markdown(
        "Paste this into a terminal to train the same run again, on this or another machine."
    )
    with st.spinner("Loading the methods…"):
        resolve = catalogue.resolve
    try:
        line = command(run.spec, implied_by(run.spec, resolve))
    except LnlError:  # cannot be trained on this machine: every value is written out
        line = command(run.spec)
    st.code(line, language="bash", wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Options equal to the defaults are omitted.", width="stretch")
        copy_button.copy_button("Copy command", line, key="copy_command")


def _download(run: RunInfo) -> None:
    if not run.last_epoch:
        st.markdown("Nothing to download before the first epoch is finished.")
        return
    st.markdown("A file to import elsewhere, on the page Runs or with `python -m lnl import FILE`.")
    size = disk.run_size(state.store(), run.id)
    kinds = {
        "slim": "**Compact**: all curves, and the samples of a few epochs.",
        "all": f"**Every epoch**: about {housekeeping.amount(size.rest)} before compression.",
    }
    if size.checkpoints:
        why = "" if run.status == "done" else ", so that it can be resumed elsewhere"
        total = housekeeping.amount(size.total)
        kinds["whole"] = f"**With checkpoints**{why}: about {total} before compression."
    for kind, words in kinds.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words, width="stretch")
            download(partial(_packed, run.id, kind), f"{run.id}-{kind}.zip", kind)


def download(pack: Callable[[], bytes], file_name: str, kind: str) -> None:
    """A button for a zip that is packed when it is pressed."""
    st.download_button(
        "Download",
        pack,
        file_name=file_name,
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
        key=f"download_{kind}",
    )


EXPORTS: dict[str, Callable[[RunStore, str, Path], None]] = {
    "slim": export_slim,
    "all": partial(export_run, checkpoints=False),
    "whole": export_run,
}


def _packed(run_id: str, kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.zip"
        EXPORTS[kind](state.store(), run_id, path)
        return path.read_bytes()


_BODIES: dict[str, Callable[[RunInfo], None]] = {
    "edit": _edit,
    "fork": _fork,
    "command": _command,
    "log": run_log.run_log,
    "download": _download,
}
