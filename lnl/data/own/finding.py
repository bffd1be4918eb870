"""From a path that a user names to the listing of its images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from lnl.data.own.by_folder import list_by_folder
from lnl.data.own.by_shards import FoundShards, find_shards, one_shard, shards_of
from lnl.data.own.by_table import list_by_table, read_table, tables_of
from lnl.data.own.listing import TABLES, Listing, Reading, is_image
from lnl.data.own.shards import SHARDS
from lnl.data.own.tree import FileTree, FoundFile, ShouldStop, Tree, tree_at
from lnl.errors import BadInput

ARCHIVES = frozenset((".zip",))


def is_place(path: Path) -> bool:
    """Whether a path is one that own images may lie at: a folder, zip, table, shard."""
    return path.is_dir() or path.suffix.lower() in ARCHIVES | TABLES | SHARDS


@dataclass(frozen=True)
class Found:
    """The files at a path, before it is said which are the images."""

    tree: FileTree
    files: list[FoundFile]
    title: str
    table: str = ""  # where the path is that of a table

    @property
    def headers(self) -> dict[str, list[str]]:
        """The column names of each table. Raises BadInput."""
        return {table.path: read_table(self.tree, table)[0] for table in tables_of(self.files)}

    def listing(self, reading: Reading = Reading()) -> Listing:
        """Which images there are. Raises BadInput."""
        if self.table and not reading.table:
            reading = replace(reading, table=self.table)
        table = _table(self.files, reading)
        if table:
            return list_by_table(self.tree, self.files, table, self.title, reading)
        return list_by_folder(self.tree, self.files, self.title, reading)


def find_files(path: Path, should_stop: ShouldStop = lambda: False) -> Found | FoundShards:
    """What is at a path: a folder, a zip of one, a table beside its images, a parquet file.

    Raises BadInput, and Stopped when that is wished.
    """
    place = path.expanduser()
    title = place.stem if place.is_file() else place.resolve().name
    if place.is_file() and place.suffix.lower() in SHARDS:
        return one_shard(place)
    table = place.name if place.suffix.lower() in TABLES and place.is_file() else ""
    tree = tree_at(place.parent if table else place)
    files = tree.files(should_stop)
    if place.is_file() and files and all(file.path.endswith(".npy") for file in files):
        raise BadInput(f"{path.name} holds arrays, as an .npz does: rename it to {path.stem}.npz")
    if shards := shards_of(files):
        if place.is_file():
            raise BadInput(
                f"{path.name} holds {PurePosixPath(shards[0].path).name}: unpack it and give the "
                "path of its folder"
            )
        return find_shards(place, [shard.path for shard in shards], title)
    return Found(tree, files, title, table)


def find_images(path: Path, reading: Reading = Reading()) -> tuple[Tree, Listing]:
    """The tree that the images at a path are read from, and which there are. Raises BadInput."""
    found = find_files(path)
    return found.tree, found.listing(reading)


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
