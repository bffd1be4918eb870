"""The files of a folder or a zip, read one at a time: nothing is unpacked or leads outside."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from lnl.errors import BadInput

MOST_FILES = 2_000_000
LARGEST = 200_000_000  # bytes of one file
PACKED = 100  # times that a zip may grow, once it is a large one
LARGE = 2_000_000_000  # bytes
_NOBODYS = {"__MACOSX", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True, order=True, slots=True)  # a million of them
class FoundFile:
    """A file below the root."""

    path: str  # from the root, with /
    size: int  # bytes
    changed: int  # when, in nanoseconds; in a zip the file's checksum


@dataclass(frozen=True, order=True)
class Skipped:
    """What is left out, and why."""

    path: str
    why: str


ShouldStop = Callable[[], bool]


def _never() -> bool:
    return False


class Stopped(Exception):
    """What is under way was asked to stop; what is done is kept."""


class Tree(Protocol):
    """Where images are read from."""

    place: Path

    def read(self, file: FoundFile) -> bytes:
        """The content. Raises OSError, and BadInput if the file is not the one found."""


class FileTree(Tree, Protocol):
    """Files in folders."""

    skipped: list[Skipped]

    def files(self, should_stop: ShouldStop = _never) -> list[FoundFile]:
        """All files that may be read, by path. Raises BadInput, and Stopped when that is wished."""


def tree_at(place: Path) -> FileTree:
    """The files of a folder or a zip. Raises BadInput if there is none."""
    try:
        if place.is_dir():
            return FolderTree(place)
        if place.is_file():
            return ZipTree(place)
    except OSError as error:
        raise BadInput(f"{place} cannot be read ({error.strerror})") from error
    raise BadInput(f"there is no file or folder {str(place)!r}")


class FolderTree:
    """The files below a folder. Links are read only where they lead to a file inside it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.skipped: list[Skipped] = []

    def files(self, should_stop: ShouldStop = _never) -> list[FoundFile]:
        """All files, hidden ones left out, by path."""
        self.skipped.clear()
        found = []
        for file in self._walk(self.place, ""):
            if should_stop():
                raise Stopped
            found.append(file)
            if len(found) > MOST_FILES:
                raise BadInput(f"{self.place} holds more than {MOST_FILES:,} files")
        return sorted(found)

    def _walk(self, folder: Path, below: str) -> Iterator[FoundFile]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if folder == self.place:
                raise BadInput(f"{folder} cannot be read ({error.strerror})") from error
            self.skipped.append(Skipped(below, f"the folder cannot be read ({error.strerror})"))
            return
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if _nobodys(entry.name):
                continue
            if entry.is_symlink() and not self._inside(entry.path):
                self.skipped.append(Skipped(path, "a link that leads out of the folder"))
            elif entry.is_dir():
                if entry.is_symlink():
                    self.skipped.append(Skipped(path, "a link to a folder"))
                else:
                    yield from self._walk(folder / entry.name, path)
            elif entry.is_file():
                about = entry.stat()
                yield FoundFile(path, about.st_size, about.st_mtime_ns)

    def _inside(self, path: str) -> bool:
        return Path(path).resolve().is_relative_to(self.place.resolve())

    def read(self, file: FoundFile) -> bytes:
        """The content. Raises OSError; BadInput where size or time are not those found."""
        with (self.place / file.path).open("rb") as opened:
            about = os.fstat(opened.fileno())
            if (about.st_size, about.st_mtime_ns) != (file.size, file.changed):
                raise BadInput(
                    f"{self.place / file.path} has changed while the images were read: "
                    "wait until nobody writes there, then start again"
                )
            return opened.read()


class ZipTree:
    """The members of a zip; those that no honest zip has are left out."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.skipped: list[Skipped] = []
        about = place.stat()
        self._stamp = (about.st_size, about.st_mtime_ns)
        try:
            self._zip = zipfile.ZipFile(place)
        except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
            raise BadInput(
                f"{place.name} cannot be read as a zip ({error}). Own images come as a folder, a "
                "zip of one, a CSV file beside images, or an .npz"
            ) from error

    def files(self, should_stop: ShouldStop = _never) -> list[FoundFile]:
        """All members that are files, hidden ones left out, by path. Raises BadInput for a bomb."""
        self.skipped.clear()
        members = [info for info in self._zip.infolist() if not info.is_dir()]
        total = sum(info.file_size for info in members)
        if len(members) > MOST_FILES:
            raise BadInput(f"{self.place.name} holds more than {MOST_FILES:,} files")
        if total > max(LARGE, PACKED * self._stamp[0]):
            raise BadInput(
                f"{self.place.name} would grow from {self._stamp[0] / 1e6:,.0f} MB to "
                f"{total / 1e9:,.0f} GB: no zip of images does. Pack the images again"
            )
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in members:
            path = info.filename.replace("\\", "/")
            if why := _dishonest(info, path):
                self.skipped.append(Skipped(path, why))
            elif any(map(_nobodys, path.split("/"))):
                continue
            elif path in self._members:
                self.skipped.append(Skipped(path, "its name stands twice in the zip"))
            else:
                self._members[path] = info
        return sorted(
            FoundFile(path, info.file_size, info.CRC) for path, info in self._members.items()
        )

    def read(self, file: FoundFile) -> bytes:
        """The content. Raises OSError, also for a damaged member; BadInput if the zip changed."""
        about = self.place.stat()
        if (about.st_size, about.st_mtime_ns) != self._stamp:
            raise BadInput(f"{self.place.name} has changed while it was read: start again")
        try:
            return self._zip.read(self._members[file.path])
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, KeyError) as error:
            raise OSError(f"damaged in the zip ({error})") from error


def _nobodys(name: str) -> bool:
    return name.startswith(".") or name in _NOBODYS


def _dishonest(info: zipfile.ZipInfo, path: str) -> str:
    if path.startswith("/") or ".." in PurePosixPath(path).parts or ":" in path.split("/")[0]:
        return "its name leads out of the zip"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link"
    if info.flag_bits & 1:
        return "encrypted"
    if info.file_size > LARGEST:
        return f"larger than {LARGEST / 1e6:.0f} MB"
    return ""
