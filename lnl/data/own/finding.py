"""From a path that a user names to the listing of its images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from lnl.data.own.by_folder import list_by_folder
from lnl.data.own.by_table import list_by_table, tables_of
from lnl.data.own.listing import TABLES, Listing, Reading, is_image
from lnl.data.own.tree import FoundFile, Tree, tree_at
from lnl.errors import BadInput

ARCHIVES = frozenset((".zip",))


def is_place(path: Path) -> bool:
    """Whether a path is one that own images may lie at: a folder, a zip, a table."""
    return path.is_dir() or path.suffix.lower() in ARCHIVES | TABLES


def find_images(path: Path, reading: Reading = Reading()) -> tuple[Tree, Listing]:
    """The tree that the images are read from, and which there are.

    ``path``: a folder, a zip of one, or a table that lies beside its images. Raises BadInput.
    """
    place = path.expanduser()
    if place.suffix.lower() in TABLES and place.is_file():
        reading = replace(reading, table=place.name)
        place = place.parent
    tree = tree_at(place)
    files = tree.files()
    if place.is_file() and files and all(file.path.endswith(".npy") for file in files):
        raise BadInput(f"{path.name} holds arrays, as an .npz does: rename it to {path.stem}.npz")
    title = path.stem if path.is_file() else path.resolve().name
    table = _table(files, reading)
    if table:
        return tree, list_by_table(tree, files, table, title, reading)
    return tree, list_by_folder(tree, files, title, reading)


def _table(files: list[FoundFile], reading: Reading) -> FoundFile | None:
    """The table to read, if labels come from one."""
    tables = tables_of(files)
    if reading.table:
        named = [file for file in tables if file.path == reading.table]
        if not named:
            known = ", ".join(file.path for file in tables[:6]) or "none"
            raise BadInput(f"there is no table {reading.table!r}; there are {known}")
        return named[0]
    if not tables or _in_class_folders(files):
        return None
    if len(tables) > 1:
        names = ", ".join(file.path for file in tables[:6])
        raise BadInput(f"which table holds the labels? There are {names}: name one")
    return tables[0]


def _in_class_folders(files: list[FoundFile]) -> bool:
    """Whether the images lie in several folders, which may be their classes."""
    return len({str(PurePosixPath(f.path).parent) for f in files if is_image(f.path)}) > 1
