"""Labels as arrays hold them: numbers, texts, one-hot rows, true and false, whole floats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.data.classes import as_int64
from lnl.errors import BadInput

ONE_LABEL = "lnl learns one label per image"


@dataclass(frozen=True)
class PlainLabels:
    """Texts or whole numbers, one for each of N images; ``names``: what their form says of them."""

    values: NDArray[Any]  # [N] str or integers
    names: tuple[str, ...] | None = None
    note: str = ""

    @property
    def are_texts(self) -> bool:
        """Else they are numbers."""
        return self.values.dtype.kind == "U"


def plain_labels(array: NDArray[Any], key: str, rows: int) -> PlainLabels:
    """The labels of ``rows`` images. Raises BadInput that says what they are, and the way out."""
    if array.shape in ((rows, 1), (1, rows)):
        array = array.reshape(rows)
    if array.ndim == 2 and array.shape[0] == rows and array.dtype.kind in "biuf":
        return _of_rows(array, key)
    if array.shape != (rows,):
        raise BadInput(
            f"{key} has shape {list(array.shape)}; expected one label for each of {rows} images"
        )
    kind = array.dtype.kind
    if kind == "b":
        words = ("False", "True")
        return PlainLabels(array.astype(np.int64), words, f"{key} is true or false: two classes.")
    if kind == "f":
        return PlainLabels(_whole(array, key))
    if kind == "S":
        return PlainLabels(_decoded(array, key))
    if kind not in "iuU":
        raise BadInput(
            f"{key} has values of type {array.dtype}; labels are whole numbers from 0 or texts"
        )
    return PlainLabels(array if kind == "U" else as_int64(array, lambda row: f"{key} row {row}"))


def _of_rows(array: NDArray[Any], key: str) -> PlainLabels:
    """[N, K] of zeros with a single one in each row."""
    ones = (array == 1).sum(axis=1)
    if ((array == 0) | (array == 1)).all():
        wrong = np.flatnonzero(ones != 1)
        if wrong.size:
            row = int(wrong[0])
            raise BadInput(
                f"{key} has shape {list(array.shape)}, and row {row} has {ones[row]} labels: "
                f"{ONE_LABEL}; choose one and store [N] of them"
            )
        classes = array.shape[1]
        note = f"{key} is one-hot, of {classes:,} classes."
        return PlainLabels(array.argmax(axis=1), tuple(map(str, range(classes))), note)
    kind = "probabilities" if array.dtype.kind == "f" else "several numbers"
    raise BadInput(
        f"{key} has shape {list(array.shape)}, {kind} for each image: {ONE_LABEL}; "
        f"store {key}.argmax(axis=1), or the column that holds the class"
    )


def _whole(array: NDArray[Any], key: str) -> NDArray[np.int64]:
    array = array.astype(np.float64)
    is_whole = (array == np.rint(array)) & (abs(array) < 2**53)  # false for NaN
    wrong = np.flatnonzero(~is_whole)
    if wrong.size:
        row = int(wrong[0])
        raise BadInput(
            f"{key} row {row} has the label {array[row]:g}; labels are whole numbers or texts"
        )
    return array.astype(np.int64)


def _decoded(array: NDArray[Any], key: str) -> NDArray[np.str_]:
    try:
        return np.strings.decode(array, "utf-8")
    except UnicodeDecodeError:
        raise BadInput(
            f"{key} holds bytes that are no UTF-8; store texts: np.array(labels, dtype=str)"
        ) from None
