"""The files of a Hugging Face data set, Arrow or parquet: whole columns, and one cell at a time.

Nothing in them is executed. An Arrow file is mapped; of a parquet file a page and a few
hundred rows are held.
"""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lnl.data.own.tree import LARGE, PACKED
from lnl.errors import BadInput

Field = tuple[str, ...]  # a column, or a field of one: ("image", "bytes")
PARQUET = ".parquet"
SHARDS = frozenset((PARQUET, ".arrow"))
BATCH = 32  # rows of a parquet file that are read at a time
HELD = 16  # batches: as far as threads that decode lag behind each other
_POINTER = b"version https://git-lfs"


def arrow() -> Any:
    """The package pyarrow. Raises BadInput that says how to have it."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
    except ImportError as error:
        raise BadInput(
            "parquet files and Hugging Face folders need the package pyarrow: pip install pyarrow"
        ) from error
    return pyarrow


def open_shard(place: Path) -> Shard:
    """The file, by its ending. Raises BadInput for what cannot be read."""
    pa = arrow()
    kind = ParquetShard if place.suffix.lower() == PARQUET else ArrowShard
    try:
        with place.open("rb") as file:
            if file.read(len(_POINTER)) == _POINTER:
                raise BadInput(
                    f"{place.name} is a pointer of Git LFS, not the file itself: fetch it with "
                    "git lfs pull"
                )
        return kind(place)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(place, error) from error


class Shard(ABC):
    """A file with columns; ``schema`` is pyarrow's. Its constructor raises what pyarrow raises."""

    schema: Any
    rows: int

    def __init__(self, place: Path) -> None:
        self.place = place
        about = place.stat()
        self.stamp = (about.st_size, about.st_mtime_ns)

    @property
    def features(self) -> dict[str, Any]:
        """What the library ``datasets`` says of the columns; {} where it says nothing."""
        try:
            said = json.loads((self.schema.metadata or {})[b"huggingface"])
            return dict(said["info"]["features"])
        except (KeyError, TypeError, ValueError):
            return {}

    def values(self, field: Field) -> list[Any]:
        """All cells, None where one is empty: of labels and names. Raises BadInput if damaged."""
        try:
            found: list[Any] = self._whole(field).to_pylist()
        except (arrow().ArrowException, OSError) as error:
            raise _damaged(self.place, error) from error
        return found

    def cell(self, field: Field, row: int) -> Any:
        """One cell. Raises OSError for a damaged file, BadInput for one that has changed."""
        about = self.place.stat()
        if (about.st_size, about.st_mtime_ns) != self.stamp:
            raise BadInput(f"{self.place.name} has changed while it was read: start again")
        try:
            return self._cell(field, row).as_py()
        except arrow().ArrowException as error:
            raise OSError(f"damaged in {self.place.name}") from error

    @abstractmethod
    def _whole(self, field: Field) -> Any: ...

    @abstractmethod
    def _cell(self, field: Field, row: int) -> Any: ...


class ArrowShard(Shard):
    """A file of ``save_to_disk``, mapped into memory."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        pa = arrow()
        self._table = pa.ipc.open_stream(pa.memory_map(str(place))).read_all()
        self._table.validate(full=True)  # else a damaged offset could lead out of the file
        self.schema, self.rows = self._table.schema, self._table.num_rows

    def _whole(self, field: Field) -> Any:
        return _within(self._table, field)

    def _cell(self, field: Field, row: int) -> Any:
        name, *inner = field
        cell = self._table[name][row]
        return cell[inner[0]] if inner and cell.is_valid else cell


class ParquetShard(Shard):
    """A parquet file, read forward a few rows at a time; to go back a row group is read anew."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self._file = arrow().parquet.ParquetFile(place, memory_map=True)
        about = self._file.metadata
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        grown = sum(group.total_byte_size for group in groups)
        if grown > max(LARGE, PACKED * self.stamp[0]):
            raise BadInput(
                f"{place.name} would grow to {grown / 1e9:,.0f} GB: no file of images does"
            )
        self.schema, self.rows = self._file.schema_arrow, about.num_rows
        self._starts = [0]  # of the row groups, and the end
        for group in groups:
            self._starts.append(self._starts[-1] + group.num_rows)
        self._turn = threading.Lock()
        self._held: OrderedDict[tuple[Field, int], Any] = OrderedDict()  # batches by first row
        self._at: dict[Field, tuple[int, Iterator[Any]]] = {}  # the next row, and what yields it

    def _whole(self, field: Field) -> Any:
        return _within(self._file.read(columns=[".".join(field)]), field)

    def _cell(self, field: Field, row: int) -> Any:
        with self._turn:
            for (of, first), batch in self._held.items():
                if of == field and first <= row < first + len(batch):
                    return batch[row - first]
            for first, batch in self._forward(field, row):
                self._held[field, first] = batch
                if len(self._held) > HELD:
                    self._held.popitem(last=False)
                if row < first + len(batch):
                    return batch[row - first]
        raise OSError(f"{self.place.name} has fewer rows than it says")

    def _forward(self, field: Field, row: int) -> Iterator[tuple[int, Any]]:
        """Batches from where it was read last, or from the row's group, with their first rows."""
        group = next(number for number, end in enumerate(self._starts[1:]) if row < end)
        start, tables = self._at.get(field, (-1, iter(())))
        if not self._starts[group] <= start <= row:
            start, left = self._starts[group], range(group, len(self._starts) - 1)
            tables = self._file.iter_batches(BATCH, row_groups=left, columns=[".".join(field)])
        for table in tables:
            batch = _within(table, field)
            self._at[field] = start + len(batch), tables
            yield start, batch
            start += len(batch)


def _within(table: Any, field: Field) -> Any:
    name, *inner = field
    column = table.column(name)
    return arrow().compute.struct_field(column, inner[0]) if inner else column


def _damaged(place: Path, error: Exception) -> BadInput:
    said = str(error).strip().split("\n")[0].rstrip(".")[:120] or type(error).__name__
    kind = "a parquet" if place.suffix.lower() == PARQUET else "an Arrow"
    return BadInput(
        f"{place.name} cannot be read as {kind} file ({said}): it is damaged, or was not copied "
        "whole"
    )
