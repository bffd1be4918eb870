"""Data sets that are nearly in place: which one move helps."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from shlex import quote

DEPTH = 3  # folders below the data folder that are looked into
MOST_FOLDERS = 400


@dataclass(frozen=True)
class Search:
    """Where a set may lie that is not in ``folder / name``."""

    folder: Path  # of all data sets
    name: str  # of the set's place in it; "": the folder itself
    clues: Sequence[str] = ()  # the folders of the set begin with one of them; (): any may be it

    @property
    def wanted(self) -> Path:
        """Where it belongs."""
        return self.folder / self.name

    def set_elsewhere(self, fits: Callable[[Path], bool], archives: Sequence[str]) -> str:
        """How it comes from a folder that ``fits``, or out of an archive; "": nobody knows.

        ``archives`` are patterns of names, in small letters.
        """
        if self.name and fits(self.folder) and self._may_be(self.folder):
            if self.folder.name == self.name:
                return f"{self.folder} is that set itself: name the folder above it"
            return f"Its files lie one level too high: move them into {self.wanted}"
        for found in self._folders():
            if found != self.wanted and fits(found) and self._may_be(found):
                return self._moving(found)
        for place in (self.folder, self.wanted):
            for archive in _files_in(place):
                if any(fnmatch(archive.name.casefold(), pattern) for pattern in archives):
                    return f"{archive} is still packed: {unpacking(archive, self.folder)}"
        return ""

    def files_elsewhere(self, missing: Sequence[str], others: Mapping[str, Sequence[str]]) -> str:
        """How missing files come to their places, by name; "": nobody knows.

        ``others`` are the names that copies of a file have.
        """
        moves, packed = [], 0
        for wanted in (self.folder / path for path in missing):
            names = (wanted.name, *others.get(wanted.name, ()))
            found = next(self._files(wanted, names), None)
            if found is None:
                return ""
            packed += found.suffix == ".gz"
            moves.append(
                f"gunzip -c {_quoted(found)} > {_quoted(wanted)}"
                if found.suffix == ".gz"
                else f"mv {_quoted(found)} {_quoted(wanted)}"
            )
        state = "are still packed" if packed else "lie elsewhere, or under other names"
        return f"Its files {state}: {' && '.join([*self._made(), *moves])}"

    def _files(self, wanted: Path, names: Sequence[str]) -> Iterator[Path]:
        for place in (wanted.parent, self.folder, *self._folders()):
            if place == wanted.parent or self._may_be(place):
                for name in (each for plain in names for each in (plain, f"{plain}.gz")):
                    if place / name != wanted and (place / name).is_file():
                        yield place / name

    def _moving(self, found: Path) -> str:
        if self.wanted in found.parents:
            return f"It lies one level too deep: mv {_quoted(found)}/* {_quoted(self.wanted)}"
        if self.wanted.exists():
            return f"It lies in {found}: move what is in there into {self.wanted}"
        move = f"mv {_quoted(found)} {_quoted(self.wanted)}"
        parent = self.wanted.parent
        made = [] if parent.exists() else [f"mkdir -p {_quoted(parent)}"]
        return f"It lies in {found}: {' && '.join([*made, move])}"

    def _made(self) -> list[str]:
        return [] if self.wanted.exists() else [f"mkdir -p {_quoted(self.wanted)}"]

    def _may_be(self, found: Path) -> bool:
        names = (*found.relative_to(self.folder).parts, self.folder.name)
        plain = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in names]
        return not self.clues or any(name.startswith(tuple(self.clues)) for name in plain)

    def _folders(self) -> Iterator[Path]:
        """Those below, the nearest first, and not too many: there may be a folder a class."""
        level, seen = [self.folder], 0
        for _ in range(DEPTH):
            below: list[Path] = []
            for path in (path for each in level for path in _folders_in(each)):
                seen += 1
                if seen > MOST_FOLDERS:
                    return
                yield path
                below.append(path)
            level = below


def unpacking(archive: Path, folder: Path) -> str:
    """The command that unpacks it there."""
    if archive.suffix == ".zip":
        return f"unzip -q {_quoted(archive)} -d {_quoted(folder)}"
    return f"tar -xf {_quoted(archive)} -C {_quoted(folder)}"


def _quoted(path: Path) -> str:
    return quote(str(path))


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_file())
    except OSError:
        return []


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_dir())
    except OSError:
        return []
