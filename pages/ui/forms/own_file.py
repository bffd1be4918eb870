"""A user's own images: a file on the machine that runs this app, or one that is uploaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from lnl.errors import BadInput
from lnl.runs.store.uploads import keep_upload
from pages.ui.shell import address, controls, parts, state

if TYPE_CHECKING:
    from lnl.catalogue import DatasetCard


LAYOUT = (
    "An **.npz** file with `x_train`, `y_train`, `x_test`, `y_test` and, if you like, "
    "`class_names`: images as [N, H, W], [N, H, W, C] or [N, C, H, W] of 0 to 255, labels as whole "
    "numbers from 0. Nothing in it is executed."
)


def own_file() -> DatasetCard | None:
    """The fields for it, and its card; None while there is none."""
    path = controls.text(
        "Path of the file",
        "file",
        placeholder="/home/me/data.npz",
        help="On the machine that runs this app.",
    ).strip()
    if not path:
        st.file_uploader(
            "or upload it",
            type="npz",
            key="upload",
            on_change=_keep,
            help="It is kept beside the runs, on the machine that runs this app, until it is "
            "cleaned up on the page Runs.",
        )
        st.caption(LAYOUT)
        return None
    try:
        return card(path)
    except BadInput as error:
        parts.error_box(error)
        return None


def _keep() -> None:
    if given := st.session_state["upload"]:
        address.change(file=str(keep_upload(state.store(), given.name, given.getvalue())))


def card(path: str) -> DatasetCard:
    """That of the file at a path. Raises BadInput."""
    if not path.endswith(".npz"):
        raise BadInput(f"{path!r} is no .npz file; write one with numpy.savez")
    return _card(path, changed(path))


def changed(path: str) -> float:
    """When the file at a path was last written; 0 for what is no file, such as a named data set."""
    file = Path(path).expanduser()
    return file.stat().st_mtime if file.suffix == ".npz" and file.is_file() else 0.0


@st.cache_data(max_entries=4, show_spinner="Reading the file…")
def _card(path: str, changed: float) -> DatasetCard:
    return catalogue.dataset(path)
