"""Files that are there whole or not at all: written beside, synced, renamed into place."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import get_ident
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import StoreError
from lnl.unwritable import told_if_unwritable

IMPORT, EXPORT = "import-", "export-"  # beginnings of the folders in which one is prepared


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Let ``write`` fill a temporary file, then put it in the place of ``path``.

    Raises Unwritable where the disk is full or the folder read-only.
    """
    with told_if_unwritable(path.parent):
        _write_whole(path, write)


def _write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two threads may write the same file at once: what both were about to write is the same.
    part = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}.part")
    try:
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes have left half-written; a living one is done within the hour."""
    unfinished = [*folder.glob(f"{IMPORT}*"), *folder.glob(f"{EXPORT}*")]
    for path in [*folder.rglob(".*.part"), *unfinished]:
        if time.time() - path.stat().st_mtime < 3600:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """An ``.npz`` without pickle."""
    write_whole(path, lambda file: np.savez(file, allow_pickle=False, **dict(arrays)))


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The inverse of ``write_arrays``. Raises StoreError if the file is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise StoreError(f"{path.name} cannot be read: {error}") from error


def write_checkpoint(path: Path, checkpoint: Mapping[str, Any]) -> None:
    """A trainer's state, tensors and plain values."""
    import torch  # only whoever trains gets here, and has loaded it already

    write_whole(path, lambda file: torch.save(dict(checkpoint), file))


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The inverse of ``write_checkpoint``, on the CPU; executes nothing.

    Raises StoreError if the file is missing or damaged.
    """
    import torch

    try:
        checkpoint: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged zip or pickle raises almost anything
        raise StoreError(
            f"the checkpoint {path.name} cannot be read ({error}): the run cannot go on, "
            "start it again from the beginning"
        ) from error
    return checkpoint
