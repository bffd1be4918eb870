"""From rows of numbers and their classes to a data set: checks, hold-out, what is to be said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lnl.data.classes import without_sample
from lnl.data.images import Rows
from lnl.data.parts import Part
from lnl.data.source import LabelledImages, Split
from lnl.data.split import stratified
from lnl.data.tables.table import Table
from lnl.errors import BadInput

HELD_OUT = 0.2  # of the rows, where there is no test set
_TOLD = 6  # columns that a note names
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class LabelledRows:
    """Some rows with their classes."""

    values: NDArray[np.floating]  # [N, D]
    given: Ids  # [N]
    true: Ids | None  # [N]; None: unknown
    names: tuple[str, ...]  # [N] of the rows, for people

    @property
    def best(self) -> Ids:
        """The labels that are the more certain ones [N]."""
        return self.given if self.true is None else self.true


def check_numbers(
    values: NDArray[np.floating], columns: Sequence[str], row: Callable[[int], str]
) -> None:
    """Raises BadInput for missing and infinite values, and for a table without rows or columns."""
    if 0 in values.shape:
        raise BadInput(f"a table of {len(values)} rows and {values.shape[1]} columns of numbers")
    wrong = ~np.isfinite(values)
    if not wrong.any():
        return
    at, column = (int(each[0]) for each in np.nonzero(wrong))
    what = "no value" if np.isnan(values[at, column]) else "an infinite value"
    raise BadInput(
        f"{row(at)} has {what} in {columns[column]} ({int(wrong.sum()):,} such in "
        f"{int(wrong.any(axis=0).sum()):,} columns): fill them, such as by the column's mean, or "
        "leave those rows or columns out"
    )


def labelled_table(
    parts: Mapping[Part, LabelledRows], class_names: tuple[str, ...], columns: Sequence[str]
) -> LabelledImages:
    """The data set of the rows to train on and, where they are given, to test and validate on.

    Without a test set a part of the training rows is held out as one. Raises BadInput.
    """
    train, test, validation = parts["train"], parts.get("test"), parts.get("validation")
    for part, each in parts.items():
        if each.values.shape[1] != train.values.shape[1]:
            raise BadInput(
                f"the training rows have {train.values.shape[1]} columns, the {part} rows "
                f"{each.values.shape[1]}; they must be equal"
            )
    places, held, notes = _split(train, test)
    test_labels = train.best[held] if test is None else test.best
    all_rows = [each for each in (train, test, validation) if each is not None]
    values = np.concatenate([each.values for each in all_rows])
    table = Table(values, places, tuple(name for each in all_rows for name in each.names))
    rows = np.arange(places.start, places.stop) if isinstance(places, range) else places.numpy()
    given = torch.from_numpy(train.given[rows])
    told = [
        f"The {len(columns):,} columns are standardised by mean and deviation of the {len(rows):,} "
        "training rows; a glyph shows each row's.",
        *_of_constant([columns[c] for c in np.flatnonzero(table.constant).tolist()]),
        *notes,
        *without_sample(given.numpy(), class_names, "training row"),
    ]
    return LabelledImages(
        table,
        Split(places, given),
        Split(held, torch.from_numpy(test_labels)),
        class_names,
        None if train.true is None else torch.from_numpy(train.true[rows]),
        tuple(told),
        *_behind(validation, len(values)),
        held_out=test is None,
    )


def _behind(rows: LabelledRows | None, end: int) -> tuple[Split | None, torch.Tensor | None]:
    """The last rows of all, to validate on, under their given labels; and their true ones."""
    if rows is None:
        return None, None
    given = Split(range(end - len(rows.given), end), torch.from_numpy(rows.given))
    return given, None if rows.true is None else torch.from_numpy(rows.true)


def _split(train: LabelledRows, test: LabelledRows | None) -> tuple[Rows, Rows, list[str]]:
    """Rows of training and test set, and what is to be said of them."""
    count = len(train.values)
    if test is not None:
        return range(count), range(count, count + len(test.values)), []
    size = max(1, round(HELD_OUT * count))
    if size >= count:
        raise BadInput("one row and no test set: bring more rows")
    places, held = (
        torch.from_numpy(np.sort(each)) for each in stratified(train.best, size, seed=0)
    )
    wrong = "their labels may be wrong too" if train.true is None else "with their true labels"
    note = (
        f"No test set: {size:,} of {count:,} rows, each class in its share, are held out as one "
        f"(drawn by seed 0); {wrong}."
    )
    return places, held, [note]


def _of_constant(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return [f"Constant in the training rows, so not used: {', '.join(names[:_TOLD])}{more}."]
