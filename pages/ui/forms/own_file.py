"""A user's own data by their path: one file that is read at once, or images to be imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from lnl.errors import BadInput
from pages.ui.shell import address, controls, frame, parts
from pages.ui.shell.address import Address

if TYPE_CHECKING:
    from lnl.catalogue import DatasetCard

READ = (".npz", ".csv", ".tsv")
DATA = "Data & noise"  # the page where own images are given


def own_file(here: str) -> DatasetCard | None:
    """What there is of it on the page ``here``, and its card; None while there is none to use."""
    if here == DATA:
        path = address.now().file
    else:
        path = controls.text(
            "Path of the folder or file",
            "file",
            then=lambda here: here.but(looking=False),
            placeholder="/home/me/photos",
        )
    if path and not to_be_looked_at(address.now()):
        try:
            return card(path.strip())
        except BadInput as error:
            parts.error_box(error)
            return None
    if here != DATA:
        st.page_link(
            frame.file_of("Data"),
            label="Look at your images and import them",
            icon=":material/add_photo_alternate:",
            query_params=address.now().but(runs=(), epoch=None).query(),
        )
    return None


def to_be_looked_at(here: Address) -> bool:
    """Whether the path is one of images that are to be imported, or of a file not taken yet."""
    return bool(here.file) and (here.looking or not catalogue.is_read_at_once(here.file.strip()))


def card(path: str) -> DatasetCard:
    """That of a file that is read at once. Raises BadInput."""
    return _card(path, changed(path))


def changed(path: str) -> float:
    """When the file at a path was last written; 0 for what is no file, such as a named data set."""
    file = Path(path).expanduser()
    return file.stat().st_mtime if file.suffix.lower() in READ and file.is_file() else 0.0


@st.cache_data(max_entries=4, show_spinner="Reading the file…")
def _card(path: str, changed: float) -> DatasetCard:
    return catalogue.dataset(path)
