"""The dry run: what an import would take, leave out and cost, before anything is stored."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lnl import jpegs
from lnl.data.own.decoding import Header, Unreadable, decode
from lnl.data.own.listing import Entry, Listing
from lnl.data.own.tree import Skipped, Tree
from lnl.data.parts import PARTS, Part
from lnl.data.source import Progress

CHECKED = 5_000  # images that are decoded; of larger sets a sample
STRIP = 6  # pictures shown of a class
THUMBNAIL = 64  # pixels
NEAR = 4  # bits of 64 in which perceptual hashes of near copies differ at most
MOST_PAIRS = 500  # of near copies that are told
SMALL = 96  # pixels: images of one size up to this are kept as they are
SIDES = (32, 64, 128)  # of the stored squares
DIGEST = 16  # bytes
TRIED = 32  # images that are stored for trial, to know what they take


@dataclass(frozen=True)
class Copies:
    """Files that hold the same picture."""

    paths: tuple[str, ...]
    labels: tuple[str, ...]  # of each
    near: bool  # alike to the eye; else equal byte by byte

    @property
    def contradict(self) -> bool:
        """Whether they have different labels: at least one of them is wrong."""
        return len(set(self.labels)) > 1


@dataclass(frozen=True)
class Survey:
    """What a dry run found."""

    listing: Listing
    counts: dict[str, dict[Part, int]]  # of images to import, by class and split
    sizes: Counter[tuple[int, int]]  # width and height, upright
    kinds: Counter[str]  # format and mode, such as "JPEG RGB"
    skipped: tuple[Skipped, ...]  # in all: of the listing, unreadable, second copies
    copies: tuple[Copies, ...]
    image_shape: tuple[int, int, int]  # C, H, W as stored
    encoded: bool  # stored as JPEG, not as pixels
    decoded: int  # images that were decoded; the others when they are imported
    seconds: float  # that the import will take, estimated
    disk: int  # bytes that an import takes; of arrays, in memory
    free: int  # bytes on the disk
    strips: dict[str, tuple[NDArray[np.uint8], ...]]  # pictures of each class [C, H, W]
    prepared: bool = True  # by an import; arrays are used as they are
    columns: int = 0  # of a table of vectors, whose pictures are glyphs

    @property
    def taken(self) -> int:
        """Images to import."""
        return sum(sum(parts.values()) for parts in self.counts.values())

    @property
    def whole(self) -> bool:
        """Whether every image was decoded."""
        return self.decoded == len(self.listing.entries)


@dataclass(frozen=True)
class Seen:
    """One image, looked at."""

    place: int  # in the listing
    header: Header | None = None
    why: str = ""  # why it cannot be read
    digest: bytes = b""  # of its bytes
    looks: int = 0  # perceptual hash
    thumbnail: NDArray[np.uint8] | None = None
    seconds: float = 0.0


def survey(
    tree: Tree,
    listing: Listing,
    cache: Path,
    progress: Progress = lambda share, what: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Survey | None:
    """Read and decode all images, or a sample of a large set; None if it was stopped.

    ``cache``: the folder that an import would write to.
    """
    places, shown = chosen(listing.entries)
    seen: list[Seen] = []
    with ThreadPoolExecutor(workers()) as pool:
        for one in pool.map(
            lambda place: _look(tree, listing.entries[place], place, place in shown), places
        ):
            seen.append(one)
            if len(seen) % 64 == 0:
                progress(len(seen) / len(places), f"{len(seen):,} of {len(places):,} images")
            if should_stop():
                pool.shutdown(cancel_futures=True)
                return None
    return summed_up(listing, seen, cache, tree)


def workers() -> int:
    """Threads that decode: Pillow leaves the interpreter free while it does."""
    return min(8, os.cpu_count() or 1)


def shape_for(headers: Sequence[Header], side: int | None) -> tuple[int, int, int]:
    """C, H, W as stored: images of one small size as they are, else squares of one side."""
    channels = 1 if all(header.grey for header in headers) else 3
    if side:
        return channels, side, side
    sizes = {(header.height, header.width) for header in headers}
    if len(sizes) == 1 and max(next(iter(sizes))) <= SMALL:
        height, width = sizes.pop()
        return channels, height, width
    short = float(np.median([min(header.height, header.width) for header in headers]))
    fitting = next((each for each in SIDES if short <= each), SIDES[-1])
    return channels, fitting, fitting


def chosen(entries: Sequence[Entry]) -> tuple[list[int], set[int]]:
    """Places of the images that are looked at, and of those that are shown."""
    shown = _shown(entries)
    return sorted(_sample(entries) | shown), shown


def looks_of(image: Image.Image) -> int:
    """Its perceptual hash: 64 bits, few of which differ between pictures that look alike."""
    return int(str(imagehash.phash(image)), 16)


def _sample(entries: Sequence[Entry]) -> set[int]:
    """Places of the images that are looked at: all, or evenly spread ones."""
    count = len(entries)
    if count <= CHECKED:
        return set(range(count))
    return set(np.linspace(0, count - 1, CHECKED).astype(int).tolist())


def _shown(entries: Sequence[Entry]) -> set[int]:
    """Places of the first training images of each class."""
    left = Counter[str]()
    shown = set()
    for place, entry in enumerate(entries):
        if left[entry.label] < STRIP:
            left[entry.label] += 1
            shown.add(place)
    return shown


def _look(tree: Tree, entry: Entry, place: int, shown: bool) -> Seen:
    started = time.perf_counter()
    try:
        content = tree.read(entry.file)
        header, pixels = decode(content, 3, THUMBNAIL)
    except Unreadable as error:
        return Seen(place, why=str(error))
    except OSError as error:
        return Seen(place, why=f"cannot be read ({error.strerror or error})")
    return Seen(
        place,
        header,
        digest=blake2b(content, digest_size=DIGEST).digest(),
        looks=looks_of(Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))),
        thumbnail=pixels if shown else None,
        seconds=time.perf_counter() - started,
    )


def summed_up(
    listing: Listing, seen: Sequence[Seen], cache: Path, tree: Tree | None = None
) -> Survey:
    """All that was found; ``tree``: where an import would read it, None: it is used as it is."""
    entries = listing.entries
    skipped = [*listing.skipped]
    skipped += [Skipped(entries[one.place].file.path, one.why) for one in seen if one.why]
    good = [one for one in seen if not one.why]
    firsts: dict[object, Seen] = {}
    taken = []
    counts: dict[str, dict[Part, int]] = {name: dict.fromkeys(PARTS, 0) for name in listing.classes}
    for entry in entries:
        counts[entry.label][entry.part] += 1
    for one in good:
        entry = entries[one.place]
        first = firsts.setdefault(copy_key(listing, one.place, one.digest), one)
        if first is one:
            taken.append(one)
        else:
            skipped.append(second_copy(entry, entries[first.place]))
    for place in {one.place for one in seen} - {one.place for one in taken}:
        counts[entries[place].label][entries[place].part] -= 1
    strips: dict[str, tuple[NDArray[np.uint8], ...]] = {}
    for one in taken:
        entry = entries[one.place]
        if one.thumbnail is not None:
            strips[entry.label] = (*strips.get(entry.label, ()), one.thumbnail)
    headers = [one.header for one in good if one.header]
    shape = shape_for(headers, listing.reading.side) if headers else (3, SIDES[0], SIDES[0])
    each = float(np.mean([one.seconds for one in good])) if good else 0.0
    count = sum(sum(parts.values()) for parts in counts.values())
    size = int(np.prod(shape))
    encoded = False
    if tree is not None and good and count * size > jpegs.MAPPED:
        encoded = True
        some = good[:: -(-len(good) // TRIED)]
        size, more = _tried([tree.read(entries[one.place].file) for one in some], shape)
        each += more
    while not cache.exists():
        cache = cache.parent
    return Survey(
        listing=listing,
        counts=counts,
        sizes=Counter((header.width, header.height) for header in headers),
        kinds=Counter(f"{header.format} {header.mode}" for header in headers),
        skipped=tuple(skipped),
        copies=(*_equal(entries, good), *_near(entries, taken)),
        image_shape=shape,
        encoded=encoded,
        decoded=len(seen),
        seconds=each * count / workers(),
        disk=count * size,
        free=shutil.disk_usage(cache).free,
        strips=strips,
        prepared=tree is not None,
    )


def _tried(contents: Sequence[bytes], shape: tuple[int, int, int]) -> tuple[int, float]:
    """Mean bytes of an image that is stored as JPEG, and the seconds that storing it takes."""
    channels, side, _ = shape
    pixels = [decode(content, channels, side)[1] for content in contents]
    started = time.perf_counter()
    sizes = [len(jpegs.encoded(each)) for each in pixels]
    return int(np.mean(sizes)), (time.perf_counter() - started) / len(sizes)


def copy_key(listing: Listing, place: int, digest: bytes) -> object:
    """What makes an image a second copy of another: the same bytes under the same labels."""
    entry = listing.entries[place]
    return place if listing.keeps_copies else (digest, entry.label, entry.true)


def second_copy(entry: Entry, first: Entry) -> Skipped:
    """Why a copy is left out."""
    return Skipped(entry.file.path, f"the same file as {first.file.path}, under the same label")


def _equal(entries: Sequence[Entry], seen: Iterable[Seen]) -> list[Copies]:
    """Groups of files with equal bytes."""
    groups = defaultdict[bytes, list[Entry]](list)
    for one in seen:
        groups[one.digest].append(entries[one.place])
    return [_copies(group, near=False) for group in groups.values() if len(group) > 1]


def _near(entries: Sequence[Entry], taken: Sequence[Seen]) -> list[Copies]:
    """Pairs of images whose perceptual hashes differ in few bits, equal files left out."""
    hashes = np.array([one.looks for one in taken], np.uint64)
    pairs: list[tuple[Entry, Entry]] = []
    for place, one in enumerate(taken):
        if len(pairs) > MOST_PAIRS:
            break
        apart = np.bitwise_count(hashes[place + 1 :] ^ hashes[place])
        for other in (np.flatnonzero(apart <= NEAR) + place + 1).tolist():
            if taken[other].digest != one.digest:
                pairs.append((entries[one.place], entries[taken[other].place]))
    return [_copies(pair, near=True) for pair in pairs[:MOST_PAIRS]]


def _copies(group: Sequence[Entry], near: bool) -> Copies:
    return Copies(
        tuple(entry.file.path for entry in group), tuple(entry.label for entry in group), near
    )
