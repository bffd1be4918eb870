"""Downloads: with progress and checksum, and what was cut off goes on where it ended."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lnl.data.source import Progress
from lnl.errors import BadInput

CHUNK = 1 << 18  # bytes
PATIENCE = 30  # seconds without a byte


@dataclass(frozen=True)
class Archive:
    """A file of the publisher: where it may be had, where it goes, its checksum."""

    urls: tuple[str, ...]
    path: Path
    checksum: str  # MD5, as torchvision gives it


def fetch(archive: Archive, progress: Progress, done: float = 0.0, share: float = 1.0) -> None:
    """Download one file; one that is already there and right is kept.

    It appears under its name whole or not at all; what there is of it stays beside it, as
    ``.part``, and the next call goes on from there. ``progress`` hears of ``done`` + its part of
    ``share``; an error that it raises ends the download. Raises BadInput if no address works.
    """
    name = archive.path.name

    def heard(size: int, total: int) -> None:
        part = min(1, size / total) if total else 0
        of = f" of {total / 1e6:,.0f}" if total else ""
        progress(done + share * part, f"{name}: {size / 1e6:,.0f}{of} MB")

    failures = []
    for url in archive.urls:
        try:
            return _retrieve(url, archive, heard)
        except (OSError, ValueError) as error:  # those of requests are OSErrors
            failures.append(f"{url}: {error}")
    raise BadInput(
        f"{name} could not be downloaded ({'; '.join(failures)}). Try again, which goes on where "
        f"it ended, or put the file to {str(archive.path)!r} by hand"
    )


def _retrieve(url: str, archive: Archive, heard: Callable[[int, int], None]) -> None:
    import pooch

    pooch.get_logger().setLevel("WARNING")
    part = archive.path.with_name(f"{archive.path.name}.part")
    began_earlier = part.is_file()

    def download() -> None:
        pooch.retrieve(
            url,
            f"md5:{archive.checksum}",
            fname=archive.path.name,
            path=archive.path.parent,
            downloader=_Resuming(part, heard),
        )

    try:
        download()
    except ValueError:  # a wrong checksum
        if not began_earlier:
            raise
        download()  # the beginning was of another file


@dataclass(frozen=True)
class _Resuming:
    """A downloader for pooch: over HTTP, into a part that outlives a cut connection."""

    part: Path
    heard: Callable[[int, int], None]  # bytes so far and in all; 0: unknown

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        from requests import ConnectionError, Timeout
        from requests.exceptions import ChunkedEncodingError

        while True:
            before = self._size()
            try:
                self._stream(url)
            except (ConnectionError, ChunkedEncodingError, Timeout):
                if self._size() <= before:
                    raise
            else:
                os.replace(self.part, output_file)
                return

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _stream(self, url: str) -> None:
        """Append what is missing. Raises what requests raises, for a cut connection too."""
        import requests

        start = self._size()
        headers = {"Accept-Encoding": "identity"}  # the bytes of the file itself
        if start:
            headers["Range"] = f"bytes={start}-"
        with requests.get(url, stream=True, timeout=PATIENCE, headers=headers) as response:
            if response.status_code == 416:  # there is nothing behind the part
                if response.headers.get("Content-Range") == f"bytes */{start}":
                    return
                self.part.unlink()
                return self._stream(url)
            response.raise_for_status()
            if response.status_code != 206:
                start = 0  # this server sends the whole file
            length = int(response.headers.get("Content-Length") or 0)
            size, total = start, start + length if length else 0
            with self.part.open("ab" if start else "wb") as file:
                for chunk in response.iter_content(CHUNK):
                    file.write(chunk)
                    size += len(chunk)
                    self.heard(size, total)
        if size < total:
            raise requests.ConnectionError(f"cut off after {size:,} of {total:,} bytes")
