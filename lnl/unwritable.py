"""Why something cannot be written, in one line: a full disk, a read-only file or folder."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lnl.errors import Unwritable

LITTLE = 1_000_000  # bytes; with less free, SQLite's unclear errors mean a full disk
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_UNCLEAR = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


@contextmanager
def told_if_unwritable(folder: Path) -> Iterator[None]:
    """Raises Unwritable in the place of errors that mean that nothing can be written there."""
    try:
        yield
    except (OSError, RuntimeError, sqlite3.Error) as error:
        reason = why_unwritable(error, folder)
        if not reason:
            raise
        raise Unwritable(reason) from error


def why_unwritable(error: BaseException, folder: Path) -> str:
    """What to say and do; "" if the error means something else."""
    system = _system_error(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its details
    if (system and system.errno in _FULL) or code == sqlite3.SQLITE_FULL:
        return _full(folder)
    if (system and system.errno in _REFUSED) or (code in _UNCLEAR and not may_write(folder)):
        return _read_only(folder)
    if code in _UNCLEAR and shutil.disk_usage(folder).free < LITTLE:
        return _full(folder)
    return _read_only(folder) if code == sqlite3.SQLITE_READONLY else ""


def may_write(folder: Path) -> bool:
    """Whether files can be made there, as far as rights and kind of disk go."""
    return os.access(folder, os.W_OK)


def _system_error(error: BaseException | None) -> OSError | None:
    """The system's error within: torch lets one of its own follow it."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error


def _full(folder: Path) -> str:
    free = shutil.disk_usage(folder).free / 1e6
    return (
        f"the disk is full ({free:.0f} MB free in {folder}): free some space; "
        "what is stored can still be read"
    )


def _read_only(folder: Path) -> str:
    return (
        f"{folder} cannot be written to: what is stored there can be read; to train or change "
        "anything, name another folder in LNL_CACHE"
    )
