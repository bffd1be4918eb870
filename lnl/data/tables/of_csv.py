"""A CSV or TSV of vectors: a row each, columns of numbers, one of them the labels.

``label`` (or class, target, ...) names the labels, ``true_label`` true ones beside them, ``split``
the test rows, ``id`` what a row is called; every other column must hold numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from lnl.data.classes import Classes, classes_of
from lnl.data.own.by_table import USUAL, cells_of
from lnl.data.own.listing import ENDINGS, TABLES
from lnl.data.parts import PART_NAMES, PARTS, Part
from lnl.data.sharing import Stamp, stamp
from lnl.data.source import LabelledImages
from lnl.data.tables.labelling import LabelledRows, check_numbers, labelled_table
from lnl.errors import BadInput

IDS = ("id", "row", "index", "unnamed: 0", "")  # names of columns that only count the rows
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?"))
FIRST_ROW = 2  # of the file, below the header
_LOOKED_AT = 50  # rows that say what kind of table it is
_HEAD = 200_000  # characters of them, at most
_TOLD = 8  # columns that a message names
_POINTS = "save it with decimal points"
_DUMMIES = (
    "turn it into numbers, such as a column of 0 and 1 for each text (pandas.get_dummies), or "
    "leave it out"
)


def is_table_of_vectors(path: Path) -> bool:
    """Whether a path is that of a table of numbers: not one that names images."""
    return path.suffix.lower() in TABLES and path.is_file() and _holds_vectors(stamp(path))


@lru_cache(maxsize=64)
def _holds_vectors(state: Stamp) -> bool:
    path = Path(state[0])
    try:
        header, rows = head_of(path)
    except (BadInput, OSError, UnicodeDecodeError):
        return False  # the reader of images says what is wrong
    if any(PurePosixPath(cell).suffix.lower() in ENDINGS for row in rows for cell in row):
        return False
    columns = by_name(header, rows)
    files = [name for name in header if name.casefold() in USUAL["file"]]
    if any(not _are_numbers(columns[name]) and name.casefold() not in IDS for name in files):
        return False
    if files and any((path.parent / f"{columns[files[0]][0]}{end}").exists() for end in ENDINGS):
        return False
    features = set(header) - set(uses_of(header, columns).values())
    return any(_are_numbers(columns[name]) for name in features)


def head_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and first rows. Raises BadInput, OSError or UnicodeDecodeError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.read(_HEAD)
    whole = len(head) < _HEAD
    head = head if whole else head.rpartition("\n")[0]  # the last line may be cut
    header, rows = cells_of(path.name, head)
    return header, rows[:_LOOKED_AT]


def by_name(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """The cells of each column."""
    return {name: [row[at] for row in rows] for at, name in enumerate(header)}


def text_of(path: Path) -> str:
    """All that the file holds. Raises BadInput for other codings than UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path.name} is not in UTF-8 (byte {error.start}): save it as CSV UTF-8"
        ) from error


def read_table_of_vectors(path: Path) -> LabelledImages:
    """The rows with their labels. Raises BadInput that names row and column."""
    header, rows = cells_of(path.name, text_of(path))
    columns = by_name(header, rows)
    uses = uses_of(header, columns)
    if "label" not in uses:
        raise BadInput(
            f"which column of {path.name} holds the labels? It has {_listed(header)}: name it "
            "label in the first line (for images, name the column of their files filename)"
        )
    names = [name for name in header if name not in uses.values()]
    values = np.stack([_numbers(path.name, name, columns[name]) for name in names], axis=1)
    check_numbers(
        values,
        [f"column {name}" for name in names],
        lambda row: f"{path.name}: row {row + FIRST_ROW}",
    )
    found = _classes(path.name, uses, columns)
    data = _labelled(path.name, values, found, uses, columns, names)
    used = f"Labels come from the column {uses['label']!r}"
    used += f", true ones from {uses['true']}." if "true" in uses else "."
    return replace(data, notes=(used, *found.notes, *data.notes))


def uses_of(header: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The columns that hold no feature: label, true, split, id."""
    by_fold = {name.casefold(): name for name in header}
    found = {
        use: by_fold[name]
        for use in ("label", "true", "split")
        for name in reversed(USUAL[use])
        if name in by_fold
    }
    if "split" in found and not _are_splits(columns[found["split"]]):
        del found["split"]
    ids = [name for name in header if name.casefold() in (*IDS, *USUAL["file"])]
    if ids:
        found["id"] = ids[0]
    if "label" not in found:
        rest = [name for name in header if name not in found.values()]
        texts = [name for name in rest if not _are_numbers(columns[name])]
        if len(texts) == 1:
            found["label"] = texts[0]
    return found


def _are_numbers(cells: Sequence[str]) -> bool:
    return all(_is_number(cell) or cell.strip().casefold() in MISSING for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _are_splits(cells: Sequence[str]) -> bool:
    return all(not cell.strip() or cell.strip().casefold() in PART_NAMES for cell in cells)


def _numbers(table: str, name: str, cells: Sequence[str]) -> NDArray[np.float64]:
    """A column as numbers, NaN where there is none. Raises BadInput for texts."""
    try:
        return _floats(cells)
    except ValueError:
        pass
    filled = ["nan" if cell.strip().casefold() in MISSING else cell for cell in cells]
    for row, cell in enumerate(filled):
        if not _is_number(cell):
            comma = _is_number(cell.replace(",", ".", 1))
            what, mend = ("decimal commas", _POINTS) if comma else ("texts", _DUMMIES)
            raise BadInput(
                f"{table}: column {name} holds {what} (row {row + FIRST_ROW}: {cell[:40]!r}), and "
                f"a table of vectors needs numbers: {mend}"
            )
    return _floats(filled)


def _floats(cells: Sequence[str]) -> NDArray[np.float64]:
    return np.fromiter(map(float, cells), np.float64, len(cells))


def _classes(table: str, uses: Mapping[str, str], columns: Mapping[str, Sequence[str]]) -> Classes:
    """Of the given labels, then the true ones if there are some. Raises BadInput."""
    used = [columns[uses[use]] for use in ("label", "true") if use in uses]
    labels = [cell.strip() for cells in used for cell in cells]
    count = len(used[0])
    for place, label in enumerate(labels):
        if not label:
            column = uses["label" if place < count else "true"]
            raise BadInput(
                f"{table}: row {place % count + FIRST_ROW} has no label in the column {column}: "
                "give it one, or leave the row out"
            )
    return classes_of(labels, where=lambda place: f"{table}: row {place % count + FIRST_ROW}")


def _labelled(
    table: str,
    values: NDArray[np.float64],
    found: Classes,
    uses: Mapping[str, str],
    columns: Mapping[str, Sequence[str]],
    names: Sequence[str],
) -> LabelledImages:
    count = len(values)
    ids = [cell.strip() for cell in columns[uses["id"]]] if "id" in uses else []
    said = columns[uses["split"]] if "split" in uses else [""] * count
    parts = np.array([PART_NAMES.get(cell.strip().casefold(), "train") for cell in said])

    validated = parts == "validation"
    notes: tuple[str, ...] = ()
    if validated.any() and not (parts == "test").any():
        parts[validated] = "test"
        notes = (f"No test set: the {validated.sum():,} validation rows are tested on.",)

    def rows(part: Part) -> LabelledRows:
        at = np.flatnonzero(parts == part)
        true = found.ids[count:][at] if "true" in uses else None
        called = tuple((ids and ids[row]) or f"row {row + FIRST_ROW}" for row in at)
        return LabelledRows(values[at], found.ids[:count][at], true, called)

    used: list[Part] = [part for part in PARTS if (parts == part).any()]
    if "train" not in used:
        raise BadInput(f"{table}: no row is of the training set, by the column {uses['split']}")
    data = labelled_table({part: rows(part) for part in used}, found.names, names)
    return replace(data, notes=(*data.notes, *notes))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more
