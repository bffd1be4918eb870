"""Labels by table: a CSV file with a row for each image."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from lnl.data.own.listing import TABLES, Entry, Listing, Reading, is_image, listing_of
from lnl.data.own.tree import FileTree, FoundFile, Skipped
from lnl.data.parts import PART_NAMES, Part
from lnl.errors import BadInput

USUAL: Mapping[str, tuple[str, ...]] = {
    "file": ("filename", "file", "file_name", "filepath", "path", "image", "img", "image_id", "id"),
    "label": ("label", "class", "given_label", "noisy_label", "category", "target", "labels"),
    "true": ("true_label", "clean_label", "true", "gold", "correct_label"),
    "split": ("split", "set", "subset", "partition"),
}
DELIMITERS = ",;\t|"


def tables_of(files: Sequence[FoundFile]) -> list[FoundFile]:
    """The tables among files."""
    return [f for f in files if PurePosixPath(f.path).suffix.lower() in TABLES]


def list_by_table(
    tree: FileTree, files: Sequence[FoundFile], table: FoundFile, title: str, reading: Reading
) -> Listing:
    """The images that the rows of the table name, in its order. Raises BadInput."""
    header, rows = read_table(tree, table)
    columns = _columns(table.path, header, reading)
    found = _Images(files, PurePosixPath(table.path).parent)
    entries: list[Entry] = []
    skipped, seen = list(tree.skipped), dict[str, int]()
    for number, row in enumerate(rows, start=2):
        said = {use: row[header.index(name)].strip() for use, name in columns.items()}
        file, why = found.named(said["file"])
        if file is None:
            skipped.append(Skipped(said["file"] or f"row {number}", why))
        elif file.path in seen:
            skipped.append(
                Skipped(file.path, f"row {number} names it again, after row {seen[file.path]}")
            )
        elif not said["label"]:
            seen[file.path] = number
            skipped.append(Skipped(file.path, f"row {number} gives it no label"))
        else:
            seen[file.path] = number
            part = part_of(said.get("split", ""), number)
            entries.append(Entry(file, said["label"], said.get("true") or None, part))
    skipped += [Skipped(path, "in no row of the table") for path in found.paths if path not in seen]
    check_true(entries, columns)
    unused = [name for name in header if name not in columns.values()]
    notes = [f"columns that are not used: {', '.join(unused)}"] if unused else []
    return listing_of(tree, title, entries, skipped, notes, reading, columns)


def read_table(tree: FileTree, table: FoundFile) -> tuple[list[str], list[list[str]]]:
    """Header and rows. Raises BadInput for what is no table in UTF-8."""
    try:
        text = tree.read(table).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{table.path} is not in UTF-8 (byte {error.start}): save it as CSV UTF-8"
        ) from error
    except OSError as error:
        raise BadInput(f"{table.path} cannot be read ({error})") from error
    return cells_of(table.path, text)


def cells_of(table: str, text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the text of a table. Raises BadInput for what is none."""
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadInput(f"{table} cannot be read as a table ({error})") from error
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise BadInput(f"{table} holds no rows: a header such as filename,label comes first")
    header = [name.strip() for name in lines[0]]
    if len(set(header)) < len(header):
        raise BadInput(f"{table} has two columns of one name: {', '.join(header)}")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            raise BadInput(
                f"row {number} of {table} has {len(line)} cells, the header {len(header)}: "
                "put names that contain the delimiter in quotes"
            )
    return header, lines[1:]


def _columns(table: str, header: Sequence[str], reading: Reading) -> dict[str, str]:
    """The column for each use."""
    asked = {
        "file": reading.file_column,
        "label": reading.label_column,
        "true": reading.true_column,
        "split": reading.split_column,
    }
    by_fold = {name.casefold(): name for name in header}
    columns: dict[str, str] = {}
    for use, name in asked.items():
        if name and name not in header:
            raise BadInput(f"{table} has no column {name!r}; it has {', '.join(header)}")
        usual = (by_fold[each] for each in USUAL[use] if each in by_fold)
        chosen = name or next((each for each in usual if each not in asked.values()), "")
        if chosen:
            columns[use] = chosen
    for use, words in (("file", "file names"), ("label", "labels")):
        if use not in columns:
            raise BadInput(
                f"which column of {table} holds the {words}? It has {', '.join(header)}: choose "
                f"one (--columns {use}=NAME), or name it {USUAL[use][0]}"
            )
    return columns


def part_of(said: str, number: int) -> Part:
    """The split that a row names. Raises BadInput for an unknown one."""
    if not said:
        return "train"
    if said.casefold() not in PART_NAMES:
        raise BadInput(
            f"row {number} names the split {said[:40]!r}; known are train, validation and test"
        )
    return PART_NAMES[said.casefold()]


def check_true(entries: Sequence[Entry], columns: Mapping[str, str]) -> None:
    """Raises BadInput where the true labels of some training images are missing."""
    without = sum(entry.true is None for entry in entries if entry.part == "train")
    if "true" in columns and without:
        raise BadInput(
            f"{without:,} training images have no true label in the column {columns['true']!r}: "
            "fill it for all of them, or leave the column out"
        )


class _Images:
    """The images that a table can name: by path, by name, with or without their ending."""

    def __init__(self, files: Sequence[FoundFile], folder: PurePosixPath) -> None:
        images = [file for file in files if is_image(file.path)]
        self.paths = [file.path for file in images]
        self._folder = folder
        self._by_path = {file.path: file for file in images}
        self._by_name: dict[str, list[FoundFile]] = {}
        for file in images:
            path = PurePosixPath(file.path)
            for name in {path.name, path.stem}:
                self._by_name.setdefault(name, []).append(file)

    def named(self, said: str) -> tuple[FoundFile | None, str]:
        """The image, or why there is none."""
        path = PurePosixPath(said.replace("\\", "/"))
        if not said:
            return None, "no file is named"
        if path.is_absolute() or ".." in path.parts:
            return None, "its path leads out of the folder of the table"
        for place in (self._folder / path, path):
            if file := self._by_path.get(str(place)):
                return file, ""
        alike = self._by_name.get(path.name, [])
        if len(alike) > 1:
            return None, f"{len(alike)} images have this name: give their paths"
        return (alike[0], "") if alike else (None, "no such image")
