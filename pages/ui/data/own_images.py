"""Own images: the first card of the page Data, where they are given."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from lnl.runs.store.uploads import is_upload, keep_upload
from pages.ui.forms.data_form import OWN
from pages.ui.shell import address, controls, parts, state

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

FORMS = (
    "A folder or zip with a folder for each class (train, val and test above it, if you like), "
    "images with a CSV file of their labels, a data set of Hugging Face (a folder of save_to_disk, "
    "a repository's parquet files), an .npz of arrays, or a CSV of numbers with a column of "
    "labels. Nothing is stored before you have seen what was found."
)
ARRAYS = (
    "An .npz holds x_train, y_train, x_test, y_test and, if you like, class_names; x_train are "
    "images, or vectors (floats [N, D]). A CSV or TSV of vectors has a row each and a column "
    "called label; split, true_label and id are understood. Several files at once, such as images "
    "and their CSV, are taken together. Nothing in them is executed."
)
SINGLE = (".zip", ".npz", ".csv", ".tsv", ".parquet")  # what is kept as it is


def card() -> None:
    """The first card of the page: drop zones, and a path."""
    with st.container(border=True, key="own_images"):
        st.markdown("**Your own images**")
        st.caption(FORMS)
        turn = st.session_state.get("_own_turn", 0)  # what was taken leaves its drop zone
        with st.grid(3, min_column_width=220):
            with st.container():
                _zone(
                    "A zip, .npz, CSV, parquet or several files",
                    f"own_files_{turn}",
                    True,
                    help=ARRAYS,
                )
            with st.container():
                _zone("A folder with all that is in it", f"own_folder_{turn}", "directory")
            with st.container():
                _path()


def _zone(label: str, key: str, several: Any, help: str | None = None) -> None:
    st.file_uploader(
        label,
        key=key,
        accept_multiple_files=several,
        on_change=_keep,
        args=(key,),
        help=help,
    )


def _path() -> None:
    """The path that is looked at; of what the store keeps a copy of, its name."""
    here = address.now()
    if here.data == OWN and is_upload(state.store(), here.file):
        st.markdown(
            f":material/upload_file: **{parts.plain(Path(here.file).name)}**, the app's own copy"
        )
        st.button(
            "Give a path instead",
            key="own_path",
            type="tertiary",
            on_click=lambda: address.write(address.now().but(file="", looking=False)),
        )
        return
    controls.text(
        "A path on the machine of this app",
        "file",
        then=lambda here: here.but(data=OWN, looking=bool(here.file), noise=""),
        placeholder="/home/me/photos",
    )


def _keep(key: str) -> None:
    """What was dropped, as one file of the store: several files as one zip."""
    given: Sequence[UploadedFile] = st.session_state[key]
    if not given:
        return
    single = len(given) == 1 and given[0].name.lower().endswith(SINGLE)
    name, content = (given[0].name, given[0].getvalue()) if single else _packed(given)
    kept = keep_upload(state.store(), name, content)
    st.session_state["_own_turn"] = st.session_state.get("_own_turn", 0) + 1
    address.write(address.now().but(data=OWN, file=str(kept), looking=True, noise=""))


def _packed(given: Sequence[UploadedFile]) -> tuple[str, bytes]:
    """Files under their names as a zip: images are packed as they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for one in sorted(given, key=lambda one: one.name):
            archive.writestr(zipfile.ZipInfo(one.name), one.getvalue())
    tops = {one.name.split("/")[0] for one in given}
    return f"{tops.pop() if len(tops) == 1 else 'images'}.zip", file.getvalue()
