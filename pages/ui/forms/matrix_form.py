"""A transition matrix of one's own: kept in the address and the session, edited in a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lnl.errors import BadInput
from pages.ui.forms import matrices
from pages.ui.forms.matrices import Matrix
from pages.ui.shell import address, parts

DEFAULT_RATE = 0.4


def stored(num_classes: int) -> Matrix:
    """That of the address, else the one edited last, else symmetric noise; always of this size."""
    text = address.now().matrix
    if text:
        try:
            return matrices.from_text(text, num_classes)
        except BadInput as error:
            address.change(matrix="")
            st.warning(f"{parts.plain(str(error)).capitalize()}. Symmetric noise is shown instead.")
    kept = st.session_state.get("matrix_kept")
    if kept is not None and len(kept) == num_classes:
        return kept  # type: ignore[no-any-return]
    return matrices.symmetric(num_classes, DEFAULT_RATE)


def keep(matrix: Matrix) -> None:
    """Remember it for this session, and in the address where it is short enough."""
    st.session_state["matrix_kept"] = matrix
    short = len(matrix) <= matrices.MOST_IN_ADDRESS
    address.change(matrix=matrices.to_text(matrix) if short else "")


def edit_instead(matrix: Matrix) -> None:
    """Callback: take a matrix as the start of one's own."""
    keep(matrix)
    address.change(noise="matrix")


def editor(class_names: Sequence[str]) -> Matrix:
    """The table; the matrix it stands for, rows scaled to 1, and what was changed in words."""
    now = stored(len(class_names))
    names = _distinct(class_names)
    table = _start(now, names)
    edited = st.data_editor(
        table,
        key=f"matrix_table_{st.session_state['matrix_version']}",
        column_config={
            name: st.column_config.NumberColumn(min_value=0, max_value=100, format="%.4g")
            for name in names
        },
    )
    values = pd.DataFrame(edited).to_numpy(dtype=float) / 100
    matrix, told = matrices.normalised(values, class_names)
    for sentence in told:
        st.warning(parts.plain(sentence), icon=":material/balance:")
    if told:
        st.button("Apply the scaled rows to the table", on_click=_forget)
    text = matrices.to_text(matrix)
    if text != _text(now):
        keep(matrix)
    st.session_state["matrix_written"] = text
    # As the address tells it, so that Watch draws the very same wrong labels.
    return matrices.from_text(text, len(matrix))


def _start(now: Matrix, names: list[str]) -> pd.DataFrame:
    """What the table holds before its edits: it may change only with the table's key."""
    kept = st.session_state.get("matrix_start")
    unchanged = st.session_state.get("matrix_written") == _text(now)
    if kept is None or not unchanged or list(kept.columns) != names:
        st.session_state["matrix_version"] = st.session_state.get("matrix_version", 0) + 1
        kept = pd.DataFrame((100 * now).round(4), index=names, columns=names)
        st.session_state["matrix_start"] = kept
    return kept


def _text(now: Matrix) -> str:
    """As it was written: read and told again, a third may end in another digit."""
    return address.now().matrix or matrices.to_text(now)


def _forget() -> None:
    st.session_state.pop("matrix_start", None)


def _distinct(class_names: Sequence[str]) -> list[str]:
    """Column names of a table must differ."""
    if len(set(class_names)) == len(class_names):
        return list(class_names)
    return [f"{place} {name}" for place, name in enumerate(class_names)]
