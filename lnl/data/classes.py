"""Labels as people write them, as class ids from 0 with names: of arrays, CSV files and folders."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput, unknown

Labels = Sequence[str] | Sequence[int] | NDArray[Any]
REMEDY = (
    "If each of these is a class, add class_ids, their numbers (np.unique of all labels), or "
    "class_names, a name for every number from 0; else mend those labels, or leave the images out"
)
_NUMBER = re.compile(r"[+-]?[0-9]+")
_SHOWN = 6  # names or ids in a message


@dataclass(frozen=True)
class Classes:
    """The labels of N samples of K classes."""

    ids: NDArray[np.int64]  # [N], in [0, K)
    names: tuple[str, ...]  # [K]
    notes: tuple[str, ...] = ()  # what a user should know of the reading, a sentence each


def classes_of(
    labels: Labels,
    names: Sequence[str] | None = None,
    *,
    class_ids: Sequence[int] | None = None,
    where: Callable[[int], str] = lambda row: f"row {row}",
    remedy: str = REMEDY,
) -> Classes:
    """Texts or whole numbers, one a sample, as ids from 0; texts that are numbers count as such.

    ``names``: the classes in their order; a number is a place in it, a text one of it. Without
    them texts are sorted, and numbers must be 0 to K - 1, or 1 to K, which are moved down.
    ``class_ids``: the number of each class, where they are others; classes without a sample
    may be among them. ``where(row)`` names a row in messages, ``remedy`` ends the one about gaps.
    Raises BadInput that names the first row that cannot be read.
    """
    values = _plain(labels, where)
    if names is not None and len(names) < 2:
        raise BadInput(f"class_names must name 2 or more classes, got {list(names)}")
    if values.dtype.kind == "U":
        found = _of_texts(values, names, where)
    else:
        found = _of_numbers(values, names, class_ids, where, remedy)
    if len(found.names) < 2:
        raise BadInput(f"all labels are {found.names[0]!r}, a single class; 2 or more are needed")
    return found


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """The same names, each of them once and none empty: "crane (class 0)", "class 4"."""
    looks = [" ".join(unicodedata.normalize("NFC", name).split()) for name in names]
    times = Counter(looks)
    apart: list[str] = []
    for number, (name, look) in enumerate(zip(names, looks, strict=True)):
        while not look or times[look] > 1:
            name = f"{look} (class {number})" if look else f"class {number}"
            look = name
            times[look] += 1
        apart.append(name)
    return tuple(apart)


def without_sample(ids: NDArray[np.int64], names: Sequence[str], what: str) -> tuple[str, ...]:
    """A note on the classes of which there is no ``what``, such as "training image", if any."""
    empty = np.flatnonzero(np.bincount(ids, minlength=len(names)) == 0)
    if not empty.size:
        return ()
    which = listed(names[number] for number in empty.tolist())
    return (f"{empty.size:,} of the {len(names):,} classes have no {what}: {which}.",)


def listed(values: Iterable[object], shown: int = _SHOWN) -> str:
    """The first values as a list in words: "'a', 'b' and 3 more"."""
    every = [repr(value) if isinstance(value, str) else str(value) for value in values]
    more = len(every) - shown
    return ", ".join(every[:shown]) + (f" and {more:,} more" if more > 0 else "")


def _plain(labels: Labels, where: Callable[[int], str]) -> NDArray[Any]:
    """As texts without spaces around them, or as int64."""
    if not len(labels):
        raise BadInput("there are no labels")
    if not isinstance(labels, np.ndarray):
        texts = [isinstance(label, str) for label in labels]
        if any(texts) and not all(texts):
            row = texts.index(not texts[0])
            raise BadInput(
                f"{where(0)} has the label {labels[0]!r}, {where(row)} {labels[row]!r}: labels "
                "must be texts or whole numbers, not both"
            )
        try:
            labels = np.asarray(labels)
        except (ValueError, OverflowError):  # lists of several lengths, numbers without end
            labels = np.asarray(labels, dtype=object)
    if labels.ndim != 1:
        raise BadInput(f"expected one label each, got shape {list(labels.shape)}")
    if labels.dtype.kind == "U":
        return _of_one_kind(np.strings.strip(labels), where)
    if labels.dtype.kind not in "iu":
        raise BadInput(f"labels must be texts or whole numbers, got values of type {labels.dtype}")
    return as_int64(labels, where)


def as_int64(numbers: NDArray[Any], where: Callable[[int], str]) -> NDArray[np.int64]:
    """Whole numbers of any width. Raises BadInput for one that does not fit."""
    high = np.flatnonzero(numbers > np.iinfo(np.int64).max)
    if high.size:
        raise BadInput(f"{where(int(high[0]))} has the label {numbers[high[0]]}, which is no class")
    return numbers.astype(np.int64)


def _of_one_kind(texts: NDArray[Any], where: Callable[[int], str]) -> NDArray[Any]:
    empty = np.flatnonzero(texts == "")
    if empty.size:
        raise BadInput(f"{where(int(empty[0]))} has no label: label it, or leave it out")
    distinct = [str(text) for text in np.unique(texts)]
    if all(_NUMBER.fullmatch(text) and len(text) < 19 for text in distinct):
        return texts.astype(np.int64)
    return texts


def _of_texts(
    texts: NDArray[Any], names: Sequence[str] | None, where: Callable[[int], str]
) -> Classes:
    distinct, places = np.unique(texts, return_inverse=True)
    words = [str(word) for word in distinct]
    if names is None:
        return Classes(places.astype(np.int64), tuple(words), tuple(_alike(words)))
    order = {name.strip(): number for number, name in enumerate(names)}
    if len(order) < len(names):
        twice = next(name for name, times in Counter(n.strip() for n in names).items() if times > 1)
        raise BadInput(f"class_names has {twice!r} twice: which of both is a label of that text?")
    for word in words:
        if word not in order:
            row = int(np.flatnonzero(texts == word)[0])
            raise BadInput(f"{where(row)}: {unknown('class', word, order)}")
    ids = np.array([order[word] for word in words], np.int64)[places]
    return Classes(ids, tuple(names))


def _of_numbers(
    numbers: NDArray[Any],
    names: Sequence[str] | None,
    class_ids: Sequence[int] | None,
    where: Callable[[int], str],
    remedy: str,
) -> Classes:
    values = numbers.astype(np.int64)
    used = np.unique(values)
    if class_ids is not None:
        return _by_number(values, names, class_ids, where)
    if used[0] < 0:
        row = int(np.flatnonzero(values < 0)[0])
        raise BadInput(
            f"{where(row)} has the label {values[row]}; labels are whole numbers from 0: leave out "
            "what has no label"
        )
    if names is not None:
        return _placed(values, names, where)
    first, count = int(used[0]), len(used)
    if first <= 1 and used[-1] == first + count - 1:
        called = tuple(str(number) for number in used)
        note = f"Labels 1 to {count} were read as the classes '1' to '{count}'."
        return Classes(values - first, called, (note,) if first else ())
    odd = used[np.flatnonzero(used != np.arange(count) + min(first, 1))[0]]
    row = int(np.flatnonzero(values == odd)[0])
    raise BadInput(
        f"{where(row)} has the label {odd}, which leaves a gap: the labels in use are "
        f"{_stretches(used)}. {remedy}"
    )


def _placed(
    values: NDArray[np.int64], names: Sequence[str], where: Callable[[int], str]
) -> Classes:
    count, high = len(names), int(values.max())
    if high < count:
        return Classes(values, tuple(names))
    if high == count and values.min() == 1:
        note = f"Labels 1 to {count} were read as the {count} class_names in their order."
        return Classes(values - 1, tuple(names), (note,))
    row = int(np.flatnonzero(values >= count)[0])
    raise BadInput(
        f"{where(row)} has the label {values[row]}, but class_names has only {count} names: labels "
        f"must lie in 0 to {count - 1}; the labels in use are {_stretches(np.unique(values))}"
    )


def _by_number(
    values: NDArray[np.int64],
    names: Sequence[str] | None,
    class_ids: Sequence[int],
    where: Callable[[int], str],
) -> Classes:
    places = {int(number): place for place, number in enumerate(class_ids)}
    called = tuple(map(str, places)) if names is None else tuple(names)
    if len(places) < len(class_ids) or len(called) != len(places):
        raise BadInput(
            f"class_ids has {len(class_ids)} numbers, {len(places)} of them different, for "
            f"{len(called)} class_names: each class must have a number of its own"
        )
    used, inverse = np.unique(values, return_inverse=True)
    for number in used:
        if int(number) not in places:
            row = int(np.flatnonzero(values == number)[0])
            known = _stretches(np.array(sorted(places)))
            raise BadInput(f"{where(row)} has the label {number}; the classes are {known}")
    ids = np.array([places[int(number)] for number in used], np.int64)[inverse]
    return Classes(ids, called)


def _alike(words: Sequence[str]) -> Iterable[str]:
    """Names that differ in capitals or spaces alone are different classes: worth a word."""
    by_look: dict[str, list[str]] = {}
    for word in words:
        by_look.setdefault("".join(word.casefold().split()), []).append(word)
    for same in by_look.values():
        if len(same) > 1:
            yield f"{listed(same)} were read as different classes."


def _stretches(used: NDArray[np.int64]) -> str:
    """Rising ids in words: "0 to 9, 255"."""
    parts = np.split(used, np.flatnonzero(np.diff(used) > 1) + 1)
    words = [str(p[0]) if len(p) == 1 else f"{p[0]} to {p[-1]}" for p in parts]
    more = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
