"""How own images are to be read, where there is a choice: size, hold-out, the table's columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from lnl.errors import BadInput
from lnl.runs.store.uploads import keep_upload
from pages.ui.shell import address, state

if TYPE_CHECKING:
    from lnl.catalogue.own_images import Reading

SIDES = {0: "what suits them", 32: "32", 64: "64", 128: "128", 224: "224"}
NONE = ""
TABLES = (".csv", ".tsv")


def reading(tables: Mapping[str, list[str]]) -> Reading:
    """Widgets for it; ``tables`` among the files, with the names of their columns."""
    with st.expander("How they are read", icon=":material/tune:"):
        side, share, seed = st.columns(3)
        chosen = side.selectbox(
            "Stored square, pixels",
            list(SIDES),
            format_func=SIDES.__getitem__,
            key="own_side",
            help="Images of one small size stay as they are; others are resized and cropped to a "
            "square, once. A larger one costs disk and time.",
        )
        hold_out = share.number_input(
            "Held out to test on, %",
            5,
            80,
            20,
            key="own_hold_out",
            help="Of each class, where there is no test set.",
        )
        drawn = seed.number_input("Seed of the hold-out", 0, 2**31 - 1, 0, key="own_seed")
        columns = _columns(tables) if tables else {}
    return catalogue.own_images.Reading(
        side=chosen or None, hold_out=hold_out / 100, seed=int(drawn), **columns
    )


def label_column(place: Path) -> None:
    """Which column of a table of vectors holds the labels; nothing for arrays."""
    if place.suffix.lower() not in TABLES:
        return
    names, known = catalogue.own_images.columns_of(place)
    st.selectbox(
        "Column of the labels",
        names,
        index=None if known is None else names.index(known),
        placeholder="Choose one",
        key=f"own_label_{place}",
        on_change=_labelled_by,
        args=(place,),
        width=320,
        help="With another one a copy of the table is used, without the column that was taken for "
        "the labels before.",
    )


def _labelled_by(place: Path) -> None:
    column = st.session_state[f"own_label_{place}"]
    try:
        table = catalogue.own_images.with_labels_from(place, column)
    except BadInput:
        return  # the dry run says what is wrong with it
    kept = keep_upload(state.store(), place.name, table.encode())
    address.write(address.now().but(file=str(kept), looking=True, noise=""))


def _columns(tables: Mapping[str, list[str]]) -> dict[str, str]:
    """Which table, and what its columns hold; "": by their usual names."""
    names = list(tables)
    table = st.selectbox(
        "Table of the labels",
        [NONE, *names],
        format_func=lambda name: name or "found by itself",
        key="own_table",
    )
    header = tables[table or names[0]]
    uses = {
        "file_column": "Column of the images or their file names",
        "label_column": "Column of the labels",
        "true_column": "Column of the true labels, if known",
        "split_column": "Column of the split, if any",
    }
    chosen: dict[str, str] = {"table": table}
    for place, (use, label) in zip(st.columns(4), uses.items(), strict=True):
        chosen[use] = place.selectbox(
            label,
            [NONE, *header],
            format_func=lambda name: name or "by its name",
            key=f"own_{use}",
        )
    return chosen
