"""Files that a user names: none is overwritten unless ``--force`` says so, no folder is made.

Tables of measurements are brought up to date in place: for them it matters that they are tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lnl.errors import BadInput, Unwritable
from lnl.evidence import csv_tables


def check_new(path: Path, force: bool) -> None:
    """Raises BadInput if the file may not be written: call it before the work begins."""
    _check_folder(path)
    if path.is_dir():
        raise BadInput(f"{path} is a folder: name a file in it")
    if path.is_file() and not force:
        raise BadInput(f"{path} exists already: name another file, or overwrite it with --force")


@contextmanager
def new_file(path: Path, force: bool) -> Iterator[Path]:
    """A file beside ``path`` that takes its place once it is whole. Raises BadInput."""
    check_new(path, force)
    if path.exists() and not path.is_file():  # a pipe, /dev/stdout
        yield path
        return
    target = path.resolve()  # what a link points to, not the link
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, target)
    except (OSError, Unwritable) as error:
        reason = getattr(error.__cause__ or error, "strerror", error)
        raise BadInput(f"{path} cannot be written: {reason}") from error
    finally:
        part.unlink(missing_ok=True)


def write_new(path: Path, text: str, force: bool) -> None:
    """Write a text to a file that the user has named. Raises BadInput."""
    with new_file(path, force) as part:
        part.write_text(text, encoding="utf-8", newline="")


def check_table(path: Path, kind: type) -> None:
    """Raises BadInput unless a table of ``kind`` is there, or can be made there."""
    _check_folder(path)
    if not csv_tables.fits(path, kind):
        raise BadInput(f"{path} holds something else than this table: name another file")


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise BadInput(f"{path} cannot be written: there is no folder {path.parent}")
