"""Arrays in one growing file: rows of a fixed layout, appended and synced, memory-mapped to read.

A row is written before the record that names it; rows that no record names (the process was killed
in between) are written over by the next epoch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import StoreError

ALIGN = 64  # bytes


@dataclass(frozen=True)
class Layout:
    """Name, type and shape of each array of a row."""

    columns: tuple[tuple[str, str, tuple[int, ...]], ...]

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Layout:
        """The layout that holds exactly these arrays."""
        return cls(tuple((name, a.dtype.str, a.shape) for name, a in arrays.items()))

    def to_json(self) -> str:
        """As a list of [name, type, shape]."""
        return json.dumps(self.columns)

    @classmethod
    def from_json(cls, text: str) -> Layout:
        """The inverse of ``to_json``."""
        return cls(tuple((name, dtype, tuple(shape)) for name, dtype, shape in json.loads(text)))

    @property
    def offsets(self) -> dict[str, int]:
        """Where each array begins within a row, in bytes."""
        found, place = {}, 0
        for name, dtype, shape in self.columns:
            found[name] = place
            size = np.dtype(dtype).itemsize * int(np.prod(shape, dtype=np.int64))
            place += -(-size // ALIGN) * ALIGN
        return found | {"": place}

    @property
    def row_bytes(self) -> int:
        """Size of a row."""
        return self.offsets[""]


def write_row(path: Path, layout: Layout, row: int, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write row number ``row`` and sync it; whatever lay behind it is cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    start, offsets = row * layout.row_bytes, layout.offsets
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b", buffering=0) as file:
        for name, array in arrays.items():
            file.seek(start + offsets[name])
            _write_all(file, np.ascontiguousarray(array))
        file.truncate(start + layout.row_bytes)
        os.fsync(file.fileno())


def _write_all(file: Any, array: NDArray[Any]) -> None:
    rest = memoryview(array.reshape(-1).view(np.uint8).data)
    while rest:
        rest = rest[file.write(rest) :]


@dataclass(frozen=True)
class Log:
    """Rows of one layout: the epochs that the store's records name, and the file they lie in."""

    path: Path
    layout: Layout
    epochs: tuple[int, ...]  # of rows 0, 1, 2, ...

    @property
    def readable(self) -> tuple[int, ...]:
        """Epochs whose rows are really there; fewer than ``epochs`` if the file was damaged."""
        size = self.path.stat().st_size if self.path.exists() else 0
        return self.epochs[: size // self.layout.row_bytes]

    def column(self, name: str) -> NDArray[Any]:
        """One array for all readable epochs, [epochs, ...], mapped, not read."""
        rows = len(self.readable)
        _, dtype, shape = next(c for c in self.layout.columns if c[0] == name)
        if not rows:
            return np.empty((0, *shape), dtype)
        mapped = np.memmap(self.path, np.uint8, "r", shape=(rows * self.layout.row_bytes,))
        return np.ndarray(
            (rows, *shape),
            dtype,
            buffer=mapped,
            offset=self.layout.offsets[name],
            strides=(self.layout.row_bytes, *np.empty((1, *shape), dtype).strides[1:]),
        )

    def row(self, epoch: int) -> dict[str, NDArray[Any]]:
        """All arrays of one epoch, copied. Raises StoreError if it is not readable."""
        if epoch not in self.readable:
            raise StoreError(f"the arrays of epoch {epoch} in {self.path.name} are damaged")
        row = self.epochs.index(epoch)
        return {name: self.column(name)[row].copy() for name, _, _ in self.layout.columns}
