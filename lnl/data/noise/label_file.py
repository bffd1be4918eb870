"""Given labels from a file, where the labels of the data are the true ones.

For whoever has both: the labels of a crowd beside checked ones, or noise that a paper's code wrote
(DivideMix keeps its noisy labels as a JSON list).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lnl.data.arrays.keys import Role, role_of
from lnl.data.arrays.labels import plain_labels
from lnl.data.classes import classes_of, listed
from lnl.data.noise.model import NoiseInput, NoiseOption, NoiseOutput, register
from lnl.data.source import LabelledImages, Source
from lnl.errors import BadInput
from lnl.paths import path_in

FORMS = "a .csv, .json, .npy or .npz file with a label for each training image, in their order"
COLUMNS = ("given_label", "noisy_label", "label", "labels", "given_class", "class", "target", "y")
SUGGESTED = ("suggested_label", "suggested_class")  # of lnl's corrected labels
ORDER = ("index", "row")  # columns that say of which training image a line is
_UNREADABLE = (OSError, ValueError, EOFError, KeyError, csv.Error, UnicodeError)


class Labels(NamedTuple):
    """Texts or whole numbers in the order of the training images, and how to name one of them."""

    values: NDArray[Any] | Sequence[str] | Sequence[int]
    where: Callable[[int], str]


def _options(source: Source) -> tuple[NoiseOption, ...]:
    return (
        NoiseOption("labels", FORMS, default=""),
        NoiseOption("column", "of a .csv: the column that holds the labels", default=""),
    )


@register(
    "file",
    title="Labels from a file",
    source="yours",
    options=_options,
    uses_rate=False,
    adds=False,
    tried_first=True,
)
def file(noise: NoiseInput) -> NoiseOutput:
    """The given labels come from a file of yours; those of the data are the true ones."""
    asked = str(noise.options["labels"] or "")
    if not asked.strip():
        raise BadInput(f"the noise model 'file' needs its option labels: {FORMS}")
    path = path_in(asked)
    every = noise.source.load(noise.folder)
    labels = read_labels(path, str(noise.options["column"] or ""))
    given = _fitting(path, _ids(path, labels, every.class_names), every)
    return NoiseOutput(noise.sample.of(given), transition_matrix=None)


def read_labels(path: Path, column: str = "") -> Labels:
    """The labels of a file. Raises BadInput for a file that is none of ``FORMS``, or empty."""
    if not path.is_file():
        raise BadInput(f"there is no file {str(path)!r}; labels come from {FORMS}")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BadInput(f"{path} is a {path.suffix or 'file without ending'}; expected {FORMS}")
    try:
        found = reader(path, column)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None
    except _UNREADABLE as error:
        raise BadInput(f"{path} cannot be read ({error}); expected {FORMS}") from None
    if not len(found.values):
        raise BadInput(f"{path} is empty: it must hold a label for each training image")
    return found


def _ids(path: Path, labels: Labels, names: Sequence[str]) -> NDArray[np.int64]:
    """As the classes of the data; where their names are numbers, a number is a name."""
    values = labels.values.tolist() if isinstance(labels.values, np.ndarray) else labels.values
    places = {name: place for place, name in enumerate(names) if name.isdecimal()}
    words = [str(value).strip() for value in values]
    if len(places) == len(names) and places.keys() >= set(words):
        return np.array([places[word] for word in words], np.int64)
    try:
        numbers = range(len(names))
        return classes_of(labels.values, names, class_ids=numbers, where=labels.where).ids
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None


def _fitting(path: Path, ids: NDArray[np.int64], data: LabelledImages) -> NDArray[np.int64]:
    """One for each training image; a file may also label those that were held out of it."""
    rows, images = data.train.rows, len(data.images)
    if len(ids) == len(data.train.labels):
        return ids
    if not isinstance(rows, range) and len(ids) == images:
        return np.asarray(ids[rows.numpy()])
    raise BadInput(
        f"{path} has {len(ids):,} labels for {len(data.train.labels):,} training images: it must "
        "hold one for each, in their order"
    )


def _from_table(path: Path, column: str) -> Labels:
    text = path.read_text(encoding="utf-8-sig")
    if not text.strip():
        return Labels([], str)
    delimiter = max(",;\t", key=text.splitlines()[0].count)
    lines = [
        (number, line)
        for number, line in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1)
        if any(cell.strip() for cell in line)
    ]
    head = [cell.strip() for cell in lines[0][1]]
    place = _column(head, column)
    if place is None:
        return Labels([line[0] for _, line in lines], lambda row: f"line {lines[row][0]}")
    lines = _in_order(lines[1:], head)
    short = next((number for number, line in lines if len(line) <= place), None)
    if short is not None:
        raise BadInput(f"line {short} has no {head[place]}")
    return Labels([line[place] for _, line in lines], lambda row: f"line {lines[row][0]}")


def _column(head: Sequence[str], asked: str) -> int | None:
    """Which column holds the labels; None: the only one, without a head."""
    if asked:
        if asked not in head:
            raise BadInput(f"there is no column {asked!r}; its columns are {listed(head)}")
        return head.index(asked)
    lower = [name.lower() for name in head]
    known = [name for name in (*COLUMNS, *SUGGESTED) if name in lower]
    if len(known) == 1 or (len(head) == 1 and known):
        return lower.index(known[0])
    if {"given_label", "given_class"} == set(known):  # two spellings of one thing, lnl's own
        return lower.index("given_label")
    if len(head) == 1:
        return None
    raise BadInput(
        f"which column holds the labels? Its columns are {listed(head)}: name one with the option "
        "column, as in --noise-set column=NAME"
    )


def _in_order(
    lines: list[tuple[int, list[str]]], head: Sequence[str]
) -> list[tuple[int, list[str]]]:
    """Sorted by the column that numbers the training images, where there is one."""
    lower = [name.lower() for name in head]
    named = next((lower.index(name) for name in ORDER if name in lower), None)
    if named is None:
        return lines
    numbers = [line[named].strip() if named < len(line) else "" for _, line in lines]
    if sorted(numbers) != sorted(map(str, range(len(lines)))):
        raise BadInput(
            f"its column {head[named]} must number the training images 0 to {len(lines) - 1:,}, "
            "each once"
        )
    order = np.argsort([int(number) for number in numbers])
    return [lines[place] for place in order]


def _from_json(path: Path, column: str) -> Labels:
    content = json.loads(path.read_text(encoding="utf-8-sig") or "[]")
    if not isinstance(content, list):
        raise BadInput(f"it holds a {type(content).__name__}, expected a list of labels")
    return Labels(content, lambda row: f"entry {row}")


def _from_array(path: Path, column: str) -> Labels:
    found = np.load(path, allow_pickle=False)
    if isinstance(found, np.lib.npyio.NpzFile):
        with found:
            roles = {key: role_of(key) for key in found.files}
            keys = [key for key, role in roles.items() if role == Role("train", "labels")]
            if len(found.files) == 1:
                keys = found.files
            if len(keys) != 1:
                raise BadInput(f"which array holds the labels? It has {listed(found.files)}")
            array = found[keys[0]]
    else:
        array = found
    if not array.size:
        return Labels([], str)
    return Labels(plain_labels(array, "the array", len(array)).values, lambda row: f"row {row}")


_READERS: dict[str, Callable[[Path, str], Labels]] = {
    ".csv": _from_table,
    ".tsv": _from_table,
    ".txt": _from_table,
    ".json": _from_json,
    ".npy": _from_array,
    ".npz": _from_array,
}
