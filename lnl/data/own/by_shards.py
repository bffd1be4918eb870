"""Labels by column: a Hugging Face data set on disk, whose rows hold the files of the images."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lnl.data.own.by_table import check_true, part_of
from lnl.data.own.columns import Columns, columns_of
from lnl.data.own.decoding import Unreadable
from lnl.data.own.listing import Entry, Listing, Reading, is_image, listing_of
from lnl.data.own.shards import SHARDS, Field, Shard, open_shard
from lnl.data.own.tree import LARGEST, MOST_FILES, FoundFile, Skipped
from lnl.data.parts import PART_NAMES
from lnl.errors import BadInput

_NUMBERED = re.compile(r"(.+)-(\d{5})-of-(\d{5})")
_CACHED = "cache-"  # so begin the files of the library's own cache beside a data set


@dataclass(frozen=True, order=True, slots=True)
class FoundRow(FoundFile):
    """An image in a row of a shard, whose size and time are given."""

    shard: int
    row: int
    field: Field


class ShardTree:
    """The images of several shards."""

    def __init__(self, place: Path, shards: Sequence[Shard]) -> None:
        self.place, self.shards = place, shards

    def read(self, file: FoundFile) -> bytes:
        """The image file of a row. Raises Unreadable for none, OSError, BadInput."""
        assert isinstance(file, FoundRow)
        content = self.shards[file.shard].cell(file.field, file.row)
        if content is None:
            raise Unreadable("no image in this row")
        if len(content) > LARGEST:
            raise Unreadable(f"larger than {LARGEST / 1e6:.0f} MB")
        return bytes(content)


def shards_of(files: Sequence[FoundFile]) -> list[FoundFile]:
    """The shards among files that are those of a data set; none where images lie there."""
    if any(is_image(file.path) for file in files):
        return []
    paths = [(PurePosixPath(file.path), file) for file in files]
    return [
        file
        for path, file in paths
        if path.suffix.lower() in SHARDS and not path.name.startswith(_CACHED)
    ]


@dataclass(frozen=True)
class FoundShards:
    """A data set of Hugging Face's form, before it is said which columns hold the images."""

    tree: ShardTree
    parts: tuple[str, ...]  # of each shard its split; "": not said
    title: str
    notes: tuple[str, ...] = ()

    @property
    def headers(self) -> dict[str, list[str]]:
        """The names of the columns, under the title."""
        return {self.title: list(self.tree.shards[0].schema.names)}

    def listing(self, reading: Reading = Reading()) -> Listing:
        """The images of all rows, in their order. Raises BadInput."""
        columns = columns_of(self.tree.shards[0], reading)
        self._check_alike(columns)
        rows = _Rows(columns)
        for number, (shard, part) in enumerate(zip(self.tree.shards, self.parts, strict=True)):
            rows.add(shard, number, part)
        if not rows.entries:
            raise BadInput(f"{self.title} has no row with a label, among {len(rows.skipped):,}")
        check_true(rows.entries, columns.by_use)
        used = set(columns.by_use.values())
        unused = [name for name in self.headers[self.title] if name not in used]
        notes = [f"columns that are not used: {', '.join(unused)}"] if unused else []
        return listing_of(
            self.tree,
            self.title,
            rows.entries,
            rows.skipped,
            [*self.notes, *notes],
            reading,
            columns.by_use,
        )

    def _check_alike(self, columns: Columns) -> None:
        for shard in self.tree.shards[1:]:
            lacks = [each for each in columns.by_use.values() if each not in shard.schema.names]
            if lacks or columns_of(shard, _named(columns)) != columns:
                raise BadInput(
                    f"{shard.place.name} has other columns than {self.tree.shards[0].place.name}: "
                    "give the folder or file of one data set"
                )


def find_shards(place: Path, paths: Sequence[str], title: str) -> FoundShards:
    """The data set in these files below a place. Raises BadInput for damaged and missing ones."""
    _check_whole(paths)
    parts = [_split(path) for path in paths]
    known = [part in PART_NAMES for part in parts]
    notes = []
    if any(known) and not all(known):
        others = sorted(path for path, is_known in zip(paths, known, strict=True) if not is_known)
        notes.append(f"files of no known split are left out: {', '.join(others[:6])}")
    taken = [
        (path, part if is_known else "")
        for path, part, is_known in zip(paths, parts, known, strict=True)
        if is_known or not any(known)
    ]
    return FoundShards(
        ShardTree(place, [open_shard(place / path) for path, _ in taken]),
        tuple(part for _, part in taken),
        title,
        tuple(notes),
    )


def one_shard(place: Path) -> FoundShards:
    """A single file as a data set; its name says nothing of splits. Raises BadInput."""
    notes = []
    if (named := _NUMBERED.fullmatch(place.stem)) and int(named[3]) > 1:
        notes.append(f"one of {int(named[3])} files: name their folder to take all")
    return FoundShards(ShardTree(place, [open_shard(place)]), ("",), place.stem, tuple(notes))


def _split(path: str) -> str:
    """The split that the name of a file or of its folders says; else a word that is none."""
    *folders, name = PurePosixPath(path).with_suffix("").parts
    words = re.split(r"[^a-z]+", name.casefold())
    said = [word for word in (*words, *map(str.casefold, reversed(folders))) if word in PART_NAMES]
    return said[0] if said else name


def _check_whole(paths: Sequence[str]) -> None:
    """Raises BadInput where one of numbered files is missing."""
    found = Counter[tuple[str, int]]()
    for path in paths:
        if named := _NUMBERED.fullmatch(str(PurePosixPath(path).with_suffix(""))):
            found[named[1], int(named[3])] += 1
    for (name, wanted), count in found.items():
        if count != wanted:
            raise BadInput(
                f"{count} of the {wanted} files {name}-… are there: fetch the others, or name one "
                "file to take it alone"
            )


def _named(columns: Columns) -> Reading:
    return Reading(
        file_column=columns.by_use["file"],
        label_column=columns.by_use["label"],
        true_column=columns.by_use.get("true", ""),
        split_column=columns.by_use.get("split", ""),
    )


class _Rows:
    """The entries of all rows."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.entries: list[Entry] = []
        self.skipped: list[Skipped] = []
        self._count = Counter[str]()  # rows of each split so far

    def add(self, shard: Shard, number: int, part: str) -> None:
        """Those of one shard. Raises BadInput that names the row."""
        size, changed = shard.stamp
        columns, first = self.columns, self._count[part]
        self._count[part] += shard.rows
        if sum(self._count.values()) > MOST_FILES:
            raise BadInput(f"more than {MOST_FILES:,} rows")
        cells = {
            use: shard.values((name,)) for use, name in columns.by_use.items() if use != "file"
        }
        names = shard.values(columns.names) if columns.names else [None] * shard.rows
        for row in range(shard.rows):
            said = {use: each[row] for use, each in cells.items()}
            place = f"{part or 'row'}/{first + row}"
            name = PurePosixPath(str(names[row] or "")).name
            file = FoundRow(
                f"{place} {name}" if name else place, size, changed, number, row, columns.image
            )
            label = self._label("label", said["label"], place)
            if not label:
                self.skipped.append(Skipped(file.path, "it has no label"))
                continue
            true = self._label("true", said.get("true"), place) or None
            split = str(said.get("split") or part)
            self.entries.append(Entry(file, label, true, part_of(split, first + row)))

    def _label(self, use: str, value: Any, place: str) -> str:
        """As text; "" for none."""
        column = self.columns.by_use.get(use, "")
        names = self.columns.classes.get(column)
        if names is None and isinstance(value, int) and not isinstance(value, bool):
            names = next(iter(self.columns.classes.values()), None)
        if value is None or (names and value == -1):  # what the library writes for no label
            return ""
        if names is None:
            return str(value).strip()
        if not isinstance(value, int) or not 0 <= value < len(names):
            raise BadInput(
                f"{place} has the label {value} in the column {column!r}, which has names for 0 to "
                f"{len(names) - 1}: mend the labels or their names"
            )
        return names[value].strip()
