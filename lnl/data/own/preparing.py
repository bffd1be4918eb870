"""Own images into the cache: decoded once, a chunk at a time; killed at any step, it goes on.

In the work folder the file of the images and ``rows.bin`` only grow. ``journal.json`` says how far
both are whole; it is written after them, and what lies beyond it is cut off when work goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from lnl import jpegs
from lnl.data.images import KEY, content_key
from lnl.data.own.decoding import LOSSY, Unreadable, decode
from lnl.data.own.listing import Listing
from lnl.data.own.prepared import (
    JPEGS,
    PIXELS,
    Written,
    known,
    prepared_at,
    remember,
    write_prepared,
    write_synced,
)
from lnl.data.own.survey import (
    DIGEST,
    Survey,
    copy_key,
    second_copy,
    workers,
)
from lnl.data.own.tree import Skipped, Stopped, Tree
from lnl.data.source import Progress
from lnl.errors import BadInput
from lnl.unwritable import told_if_unwritable

CHUNK = 256  # images between two states of the journal
ROWS, JOURNAL = "rows.bin", "journal.json"
FORMAT = 1  # of what is prepared: another one is another preparation
ABANDONED = 14 * 86_400  # seconds after which a preparation that was stopped is dropped
MARGIN = 50_000_000  # bytes that stay free on the disk
_ROW = np.dtype([("place", "<i8"), ("key", "u1", KEY), ("digest", "u1", DIGEST), ("size", "<i8")])
_NONE = np.empty(0, np.uint8)


@dataclass
class _State:
    """How far it is: what the journal says."""

    entries: int = 0  # of the listing that are dealt with
    rows: int = 0  # images written
    size: int = 0  # bytes that they take
    resized: bool = False  # whether any was
    skipped: tuple[tuple[str, str], ...] = ()
    levels: tuple[tuple[int, ...], ...] = ()  # [C, 256]: how often each level, of the training


@dataclass(frozen=True)
class _Decoded:
    place: int
    pixels: NDArray[np.uint8]  # [C, H, W]
    stored: bytes | memoryview = b""  # the pixels, or their JPEG
    why: str = ""
    key: bytes = b""
    digest: bytes = b""
    resized: bool = False


def plan_of(listing: Listing) -> str:
    """A name for what is to be prepared: the same files, labels and choices, the same name."""
    digest = blake2b(digest_size=16)
    digest.update(json.dumps([FORMAT, listing.title, asdict(listing.reading)]).encode())
    for entry in listing.entries:
        digest.update(
            json.dumps([asdict(entry.file), entry.label, entry.true, entry.part]).encode()
        )
    return digest.hexdigest()


def prepare_images(
    tree: Tree,
    found: Survey,
    cache: Path,
    progress: Progress = lambda share, what: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> str:
    """The name under which the images lie in the folder ``cache`` now.

    Raises BadInput for a source that changes meanwhile, Unwritable for a full disk, Stopped.
    """
    plan = plan_of(found.listing)
    if name := known(cache, plan):
        return name
    work = cache / f".work-{plan}"
    with told_if_unwritable(cache.parent):
        work.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(cache / ".lock", timeout=0):
                _drop_abandoned(cache, work)
                return _prepare(tree, found, cache, work, plan, progress, should_stop)
        except Timeout as error:
            raise BadInput(
                "other images are being imported at the moment: wait until they are done"
            ) from error


def _prepare(
    tree: Tree,
    found: Survey,
    cache: Path,
    work: Path,
    plan: str,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> str:
    _check_room(found, work)
    writer = _Writer(work, found)
    entries = found.listing.entries
    with ThreadPoolExecutor(workers()) as pool:
        while writer.state.entries < len(entries):
            if should_stop():
                raise Stopped
            start = writer.state.entries
            places = range(start, min(start + CHUNK, len(entries)))
            decoder = _decoder(tree, found)
            writer.add(found.listing, list(pool.map(decoder, places)))
            progress(
                writer.state.entries / len(entries),
                f"{writer.state.entries:,} of {len(entries):,} images",
            )
    name = write_prepared(work, writer.finish(found.listing, tree.place))
    place = prepared_at(cache, name)
    if place.exists():
        shutil.rmtree(work)  # the same content by another road
    else:
        os.replace(work, place)
    for left in (ROWS, JOURNAL):
        (place / left).unlink(missing_ok=True)
    remember(cache, plan, name)
    return name


def _drop_abandoned(cache: Path, work: Path) -> None:
    """Remove what was begun long ago and never gone on with."""
    for other in cache.glob(".work-*"):
        if other != work and time.time() - other.stat().st_mtime > ABANDONED:
            shutil.rmtree(other, ignore_errors=True)


def _check_room(found: Survey, work: Path) -> None:
    done = sum(file.stat().st_size for file in work.iterdir())
    needed, free = found.disk - done + MARGIN, shutil.disk_usage(work).free
    if needed > free:
        raise BadInput(
            f"{found.listing.title} needs {needed / 1e6:,.0f} MB on the disk of {work.parent}, "
            f"{free / 1e6:,.0f} MB are free: free some, name another folder in LNL_CACHE, or "
            "choose a smaller side for images of your own"
        )


def _decoder(tree: Tree, found: Survey) -> Callable[[int], _Decoded]:
    entries = found.listing.entries
    channels, height, width = found.image_shape
    side = height if height == width else None

    def one(place: int) -> _Decoded:
        try:
            content = tree.read(entries[place].file)
            header, pixels = decode(content, channels, side)
            digest = blake2b(content, digest_size=DIGEST).digest()
            resized = (header.height, header.width) != (height, width)
            if header.format in LOSSY:
                key = digest
            else:
                key = content_key(decode(content, channels, None)[1] if resized else pixels)
        except Unreadable as error:
            return _Decoded(place, _NONE, why=str(error))
        except OSError as error:
            return _Decoded(place, _NONE, why=f"cannot be read ({error.strerror or error})")
        pixels = np.ascontiguousarray(pixels)
        stored = jpegs.encoded(pixels) if found.encoded else pixels.data
        return _Decoded(place, pixels, stored, "", key, digest, resized)

    return one


class _Writer:
    """The two files that grow and their journal."""

    def __init__(self, work: Path, found: Survey) -> None:
        self._work, self._shape = work, found.image_shape
        self._encoded = found.encoded
        self._images = JPEGS if found.encoded else PIXELS
        self.state = self._read_journal()
        self._levels = np.array(self.state.levels or np.zeros((self._shape[0], 256)), np.int64)
        self._cut(ROWS, self.state.rows * _ROW.itemsize)
        start = 0 if found.encoded else self._header(self.state.rows)
        self._cut(self._images, start + self.state.size)
        rows = np.fromfile(work / ROWS, _ROW)
        self._rows: list[NDArray[Any]] = [rows] if len(rows) else []
        self._firsts: dict[object, int] = {}

    def _read_journal(self) -> _State:
        """How far the files are whole; from the beginning where they are not what it says."""
        try:
            state = _State(**json.loads((self._work / JOURNAL).read_text("utf-8")))
            written = (self._work / ROWS).stat().st_size >= state.rows * _ROW.itemsize
            images = (self._work / self._images).stat().st_size >= state.size
            return state if written and images else _State()
        except (OSError, ValueError, TypeError):
            return _State()

    def _cut(self, name: str, size: int) -> None:
        with (self._work / name).open("ab") as file:
            file.truncate(size)

    def _header(self, rows: int) -> int:
        """numpy's header, which keeps its length whatever the number of rows: that length."""
        about = {"descr": "|u1", "fortran_order": False, "shape": (rows, *self._shape)}
        path = self._work / PIXELS
        with path.open("r+b" if path.exists() else "w+b") as file:
            np.lib.format.write_array_header_1_0(file, about)
            return file.tell()

    def add(self, listing: Listing, chunk: Sequence[_Decoded]) -> None:
        """Append the good ones of a chunk and say so in the journal."""
        entries = listing.entries
        if not self._firsts:  # of an earlier process
            for row in (row for rows in self._rows for row in rows):
                place = int(row["place"])
                self._firsts[copy_key(listing, place, row["digest"].tobytes())] = place
        skipped = []
        good: list[_Decoded] = []
        for one in chunk:
            entry = entries[one.place]
            if one.why:
                skipped.append((entry.file.path, one.why))
                continue
            first = self._firsts.setdefault(copy_key(listing, one.place, one.digest), one.place)
            if first != one.place:
                left_out = second_copy(entry, entries[first])
                skipped.append((left_out.path, left_out.why))
                continue
            good.append(one)
            if entry.part == "train":
                for levels, plane in zip(self._levels, one.pixels, strict=True):
                    levels += np.bincount(plane.ravel(), minlength=256)
        rows = np.zeros(len(good), _ROW)
        for row, one in zip(rows, good, strict=True):
            row["place"] = one.place
            row["key"] = np.frombuffer(one.key, np.uint8)
            row["digest"] = np.frombuffer(one.digest, np.uint8)
            row["size"] = memoryview(one.stored).nbytes
        self._append(self._images, lambda file: [file.write(one.stored) for one in good])
        self._append(ROWS, lambda file: file.write(rows.tobytes()))
        self._rows.append(rows)
        self.state = _State(
            chunk[-1].place + 1,
            self.state.rows + len(good),
            self.state.size + int(rows["size"].sum()),
            self.state.resized or any(one.resized for one in good),
            (*self.state.skipped, *skipped),
            tuple(tuple(map(int, levels)) for levels in self._levels),
        )
        write_synced(self._work / JOURNAL, json.dumps(asdict(self.state)).encode())

    def _append(self, name: str, write: Callable[[IO[bytes]], object]) -> None:
        with (self._work / name).open("ab") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())

    def finish(self, listing: Listing, source: Path) -> Written:
        """All that is written."""
        rows = np.concatenate(self._rows) if self._rows else np.zeros(0, _ROW)
        if self._encoded:
            self._cut(JPEGS, self.state.size)
            table = jpegs.table(rows["size"], self._shape)
            self._append(JPEGS, lambda file: file.write(table))
        else:
            self._header(self.state.rows)
        return Written(
            listing,
            source,
            rows["place"],
            np.ascontiguousarray(rows["key"]),
            self._shape,
            self._encoded,
            self.state.resized,
            self._levels,
            tuple(Skipped(path, why) for path, why in self.state.skipped),
        )
