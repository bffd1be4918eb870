"""Which images there are, under which labels and in which split, before any is decoded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from lnl.data.own.tree import FoundFile, Skipped, Tree
from lnl.data.parts import PARTS, Part
from lnl.data.split import choose, quotas
from lnl.errors import BadInput

ENDINGS = frozenset((".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff"))
TABLES = frozenset((".csv", ".tsv"))
LONGEST_NAME = 300


@dataclass(frozen=True)
class Reading:
    """How own images are to be read, where there is a choice."""

    table: str = ""  # the table of labels, from the root; "": the only one there is
    file_column: str = ""  # this and those below: "": by their usual names
    label_column: str = ""
    true_column: str = ""
    split_column: str = ""
    side: int | None = None  # pixels of the stored square; None: what suits the images
    hold_out: float = 0.2  # share of the images to test on, where no test set is given
    seed: int = 0  # of the hold-out


@dataclass(frozen=True, slots=True)  # a million of them
class Entry:
    """One image and what is said of it."""

    file: FoundFile
    label: str
    true: str | None = None  # the true label, where it is known as well
    part: Part = "train"


@dataclass(frozen=True)
class Listing:
    """All images of a source, those of the training first."""

    title: str
    entries: tuple[Entry, ...]
    classes: tuple[str, ...]  # in the order of their ids
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]  # what a user should know
    held_out: bool  # the test images were drawn from one pool with those of the training
    reading: Reading
    columns: Mapping[str, str] = field(default_factory=dict)  # of the table, by their use
    keeps_copies: bool = False  # a published set has the images that it has

    def count(self, part: Part) -> int:
        """Images of one split."""
        return sum(entry.part == part for entry in self.entries)


def listing_of(
    tree: Tree,
    title: str,
    entries: Sequence[Entry],
    skipped: Iterable[Skipped],
    notes: Sequence[str],
    reading: Reading,
    columns: Mapping[str, str] | None = None,
) -> Listing:
    """Checked, with a test set in any case, in order. Raises BadInput."""
    if not entries:
        raise BadInput(
            f"no labelled image was found in {tree.place.name}: put the images of each class into "
            "a folder named after it, or name their labels in a CSV file (filename,label) beside "
            "them. Read are JPEG, PNG, WEBP, BMP and TIFF"
        )
    classes = class_names(entries)
    said = list(notes)
    entries, held_out = _with_test(entries, reading, said)
    _check_parts(entries)
    order = {part: place for place, part in enumerate(PARTS)}
    entries = sorted(entries, key=lambda entry: order[entry.part])  # stable: else as listed
    return Listing(
        title,
        tuple(entries),
        classes,
        tuple(skipped),
        tuple(said),
        held_out,
        reading,
        columns or {},
    )


def class_names(entries: Iterable[Entry]) -> tuple[str, ...]:
    """All labels in use in the order of their ids: numbers by value, else by their letters.

    Raises BadInput for fewer than two, and for names that nobody can tell apart.
    """
    labels = {label for e in entries for label in (e.label, e.true) if label is not None}
    if len(labels) < 2:
        raise BadInput(f"all images are of one class, {labels.pop()!r}: at least 2 are needed")
    folds = Counter(label.casefold().strip() for label in labels)
    alike = sorted(label for label in labels if folds[label.casefold().strip()] > 1)
    if alike:
        names = ", ".join(map(repr, alike[:4]))
        raise BadInput(
            f"classes {names} differ only in case or spaces: give them one name if they are one "
            "class, else names that can be told apart"
        )
    for label in labels:
        if not label.strip() or len(label) > LONGEST_NAME:
            raise BadInput(
                f"a class is named {label[:40]!r}…: a name has 1 to {LONGEST_NAME} letters"
            )
    if all(label.isascii() and label.isdecimal() for label in labels):
        return tuple(sorted(labels, key=lambda label: (int(label), label)))
    return tuple(sorted(labels))


def _with_test(
    entries: Sequence[Entry], reading: Reading, notes: list[str]
) -> tuple[Sequence[Entry], bool]:
    parts = Counter(entry.part for entry in entries)
    if not parts["train"]:
        found = ", ".join(sorted(parts))
        raise BadInput(f"there are no training images, only those of {found}")
    if parts["test"]:
        return entries, False
    if parts["validation"]:
        notes.append(f"no test set: the {parts['validation']:,} validation images are tested on")
        return [replace(e, part="test") if e.part == "validation" else e for e in entries], False
    test = _hold_out(entries, reading)
    notes.append(
        f"no test set: {len(test):,} images ({100 * len(test) / len(entries):.0f} %, drawn from "
        "each class) are held out to test on; their labels may be wrong too"
    )
    return [
        replace(e, part="test") if place in test else e for place, e in enumerate(entries)
    ], True


def _hold_out(entries: Sequence[Entry], reading: Reading) -> set[int]:
    """Places of the test images: of each class its share, never its last training image."""
    if not 0 < reading.hold_out < 1:
        raise BadInput(f"the share to hold out must lie between 0 and 1, got {reading.hold_out}")
    _, labels = np.unique([entry.label for entry in entries], return_inverse=True)
    sizes = np.bincount(labels)
    wanted = np.minimum(quotas(sizes, reading.hold_out), sizes - 1)
    if not wanted.sum():
        raise BadInput(
            f"{len(entries)} images of {len(sizes)} classes leave none to test on: add images, or "
            "a folder 'test' of its own"
        )
    drawn = choose(labels.astype(np.int64), wanted, np.random.RandomState(reading.seed))
    return set(np.flatnonzero(drawn).tolist())


def _check_parts(entries: Sequence[Entry]) -> None:
    trained = {entry.label for entry in entries if entry.part == "train"}
    for part in PARTS[1:]:
        foreign = sorted({e.label for e in entries if e.part == part} - trained)
        if foreign:
            names = ", ".join(map(repr, foreign[:4])) + ("…" if len(foreign) > 4 else "")
            raise BadInput(
                f"the {part} images have classes that no training image has: {names}. Give both "
                "the same class folders or labels"
            )


def is_image(path: str) -> bool:
    """By the ending of its name, in any case."""
    return Path(path).suffix.lower() in ENDINGS
