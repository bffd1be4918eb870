"""The folder of a published set: its lists, and the images that they name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from lnl.data.own.listing import is_image
from lnl.data.own.tree import FolderTree, FoundFile, Skipped
from lnl.errors import BadInput


class Place:
    """The files below the folder of a set; paths are from there, with /."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tree = FolderTree(root)
        self.skipped: list[Skipped] = []  # by what was looked for here

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        return (self.root / path).exists()

    def lines(self, path: str) -> list[str]:
        """The lines of a list that are not empty, whatever ends them. Raises BadInput."""
        try:
            text = (self.root / path).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{self.root / path} cannot be read as a list ({error})") from error
        return [line.strip() for line in text.splitlines() if line.strip()]

    def pairs(self, path: str) -> list[tuple[str, str]]:
        """The two columns of a list, separated by space. Raises BadInput that names the line."""
        found = []
        for number, line in enumerate(self.lines(path), start=1):
            columns = line.rsplit(None, 1)
            if len(columns) < 2:
                raise BadInput(
                    f"line {number} of {self.root / path} is {line[:60]!r}, expected a path and a "
                    "label"
                )
            found.append((columns[0], columns[1]))
        return found

    def image(self, path: str) -> FoundFile | None:
        """An image that a list names; None, and skipped, if it is not there."""
        name = PurePosixPath(path)
        if name.is_absolute() or ".." in name.parts:
            self.skipped.append(Skipped(path, "its path leads out of the folder"))
            return None
        try:
            about = (self.root / name).stat()
        except OSError:
            self.skipped.append(Skipped(path, "listed, but not there"))
            return None
        return FoundFile(str(name), about.st_size, about.st_mtime_ns)

    def images(self, folder: str) -> list[FoundFile]:
        """All images below a folder, by path."""
        tree = FolderTree(self.root / folder)
        found = [replace(f, path=f"{folder}/{f.path}") for f in tree.files() if is_image(f.path)]
        self.skipped += [replace(one, path=f"{folder}/{one.path}") for one in tree.skipped]
        return found


def class_of(said: str, count: int, where: str) -> int:
    """A class by its number in a list. Raises BadInput for what is none of ``count``."""
    if not (said.isascii() and said.isdecimal() and int(said) < count):
        raise BadInput(f"{where} names the class {said[:40]!r}, expected 0 to {count - 1}")
    return int(said)
