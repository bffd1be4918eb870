"""The labels of all parts of a file, which name the same classes, coded together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.data.arrays.labels import PlainLabels
from lnl.data.classes import classes_of
from lnl.errors import BadInput

MOST_CLASSES = 65_535  # what a stored prediction can name


@dataclass(frozen=True)
class Coded:
    """Class ids of each array, and the names of the K classes."""

    ids: Mapping[str, NDArray[np.int64]]
    names: tuple[str, ...]
    notes: tuple[str, ...]


def coded(
    labels: Mapping[str, PlainLabels],
    names: NDArray[Any] | None = None,
    class_ids: NDArray[Any] | None = None,
) -> Coded:
    """The labels of each array as ids of common classes. Raises BadInput that names array and row.

    ``names``: the array ``class_names`` of the file, ``class_ids`` the number of each of them.
    """
    _check_kinds(labels)
    values = np.concatenate([each.values for each in labels.values()])
    ends = dict(zip(labels, np.cumsum([len(each.values) for each in labels.values()]), strict=True))

    def where(row: int) -> str:
        key = next(key for key, end in ends.items() if row < end)
        return f"{key} row {row - ends[key] + len(labels[key].values)}"

    numbers = None if class_ids is None else _numbers(class_ids)
    called = _names(names) if names is not None else _names_of_forms(labels)
    found = classes_of(values, called, class_ids=numbers, where=where)
    if len(found.names) > MOST_CLASSES:
        raise BadInput(f"{len(found.names):,} classes; at most {MOST_CLASSES:,} can be told apart")
    parts = np.split(found.ids, list(ends.values())[:-1])
    notes = [each.note for each in labels.values() if each.note]
    return Coded(dict(zip(labels, parts, strict=True)), found.names, (*notes, *found.notes))


def _check_kinds(labels: Mapping[str, PlainLabels]) -> None:
    texts = [key for key, each in labels.items() if each.are_texts]
    numbers = [key for key in labels if key not in texts]
    if texts and numbers:
        raise BadInput(
            f"{texts[0]} holds texts, {numbers[0]} numbers: write the labels of both in one way"
        )


def _names_of_forms(labels: Mapping[str, PlainLabels]) -> tuple[str, ...] | None:
    """What one-hot and boolean labels say of themselves."""
    told = {key: each.names for key, each in labels.items() if each.names}
    if len(set(told.values())) > 1:
        sizes = ", ".join(f"{key} of {len(names):,}" for key, names in told.items())
        raise BadInput(f"one-hot labels must name the same classes: {sizes}")
    return next(iter(told.values()), None)


def _names(array: NDArray[Any]) -> list[str]:
    if array.dtype.kind == "S":
        array = np.strings.decode(array, "utf-8")
    if array.ndim != 1 or array.dtype.kind != "U" or len(array) < 2:
        shape = f"an array {list(array.shape)} of {array.dtype}"
        raise BadInput(f"class_names must be a list of 2 or more texts, got {shape}")
    return [str(name) for name in array]


def _numbers(array: NDArray[Any]) -> list[int]:
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise BadInput(f"class_ids must be a list of whole numbers, got {array.dtype}")
    return [int(number) for number in array]
