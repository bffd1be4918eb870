"""Vectors of an ``.npz``: ``x_train`` as floats [N, D], with labels in any of the usual forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.data.arrays.coding import Coded, coded
from lnl.data.arrays.keys import Role
from lnl.data.arrays.labels import plain_labels
from lnl.data.parts import Part
from lnl.data.source import LabelledImages
from lnl.data.tables.labelling import LabelledRows, check_numbers, labelled_table
from lnl.errors import BadInput

Arrays = Mapping[str, NDArray[Any]]
LEAST_SIDE = 8  # pixels: rows of so many squared might be images


def are_vectors(array: NDArray[Any]) -> bool:
    """Whether an array of training samples holds a vector each: floats [N, D]."""
    return array.ndim == 2 and array.dtype.kind == "f"


def table_of_arrays(
    parts: Sequence[Part],
    roles: Mapping[Role, str],
    arrays: Arrays,
    class_names: NDArray[Any] | None,
    class_ids: NDArray[Any] | None,
) -> LabelledImages:
    """The vectors of a file with their labels. Raises BadInput that names the array."""
    values = {part: _values(arrays, roles[Role(part, "images")]) for part in parts}
    labels = {
        key: plain_labels(arrays[key], key, len(values[role.part]))
        for role, key in roles.items()
        if role.part in values and role.what != "images"
    }
    found = coded(labels, class_names, class_ids)
    columns = [f"column {number}" for number in range(values["train"].shape[1])]
    rows = {part: _rows(part, each, roles, found) for part, each in values.items()}
    data = labelled_table(rows, found.names, columns)
    key = roles[Role("train", "images")]
    return replace(data, notes=(*_of_side(key, len(columns)), *found.notes, *data.notes))


def _values(arrays: Arrays, key: str) -> NDArray[np.floating]:
    array = arrays[key]
    if array.ndim != 2 or array.dtype.kind not in "fiu":
        raise BadInput(
            f"{key} is an array {list(array.shape)} of {array.dtype}, the training vectors are "
            "floats [N, D]: store both in one way"
        )
    columns = [f"column {number}" for number in range(array.shape[1])]
    values = array.astype(np.float64)
    check_numbers(values, columns, lambda row: f"{key} row {row}")
    return values


def _rows(
    part: Part, values: NDArray[np.floating], roles: Mapping[Role, str], found: Coded
) -> LabelledRows:
    given, true = roles[Role(part, "labels")], roles.get(Role(part, "true labels"))
    key = roles[Role(part, "images")]
    names = tuple(f"{key}[{row}]" for row in range(len(values)))
    return LabelledRows(values, found.ids[given], found.ids[true] if true else None, names)


def _of_side(key: str, columns: int) -> list[str]:
    side = isqrt(columns)
    if side < LEAST_SIDE or side**2 != columns:
        return []
    return [
        f"{key} is read as vectors of {columns} numbers; if they are the pixels of images, store "
        f"{key}.reshape(-1, {side}, {side})."
    ]
