"""Own images as they lie in the cache: a folder each, named by what it holds.

``own/<name>/pixels.npy``  uint8 [N, C, H, W], the training first; training and pages map it
``own/<name>/images.jpegs``  in its place, where the pixels would take too much (``lnl.jpegs``)
``own/<name>/rows.npz``    content key, given and, where known, true label of each image
``own/<name>/ids.json``    where each image came from
``own/<name>/about.json``  title, classes, sizes of the splits, statistics, what was left out
``own/known.json``         which preparation a source came to, while it is unchanged
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lnl.data.encoded import EncodedSet
from lnl.data.images import ImageSet
from lnl.data.own.by_folder import common_root
from lnl.data.own.listing import Entry, Listing
from lnl.data.own.tree import Skipped
from lnl.data.parts import PARTS
from lnl.data.sharing import loaded, stamp
from lnl.data.source import LabelledImages, Split
from lnl.errors import BadInput
from lnl.jpegs import ENDING, Jpegs
from lnl.paths import OWN_NAME

PIXELS, JPEGS = "pixels.npy", f"images{ENDING}"
_OUTDATED = "nothing is trained or tested on them yet"  # of validation images, once
_DAMAGED = (OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class About:
    """What is known of prepared images without reading them."""

    name: str
    title: str
    source: str  # the path that they were read from
    made: float  # seconds since 1970
    classes: tuple[str, ...]
    image_shape: tuple[int, int, int]  # C, H, W
    counts: tuple[int, int, int]  # training, validation and test images
    mean: tuple[float, ...]  # of each channel of the training images in [0, 1]
    std: tuple[float, ...]
    resized: bool
    held_out: bool  # the test images were drawn from one pool with those of the training
    true_labels: bool  # whether they are known
    notes: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]  # file and reason
    encoded: bool = False  # whether they are kept as JPEG

    @property
    def file(self) -> str:
        """The name of the file of the images."""
        return JPEGS if self.encoded else PIXELS


@dataclass(frozen=True)
class Written:
    """What a preparation has written, beside the pixels."""

    listing: Listing
    source: Path
    places: NDArray[np.int64]  # [N], in the listing
    keys: NDArray[np.uint8]  # [N, 16]
    shape: tuple[int, int, int]
    encoded: bool
    resized: bool
    levels: NDArray[np.int64]  # [C, 256]: how often each level stands in the training images
    skipped: tuple[Skipped, ...]


def prepared_at(cache: Path, name: str) -> Path:
    """Where the images of that name lie. Raises BadInput for what is no such name."""
    if not OWN_NAME.fullmatch(name):
        raise BadInput(f"{name!r} names no prepared images")
    return cache / name


def write_prepared(work: Path, written: Written) -> str:
    """Write all but the pixels into the work folder; the name that follows from the content.

    Raises BadInput where a class has no training image that can be read.
    """
    listing = written.listing
    entries = [listing.entries[place] for place in written.places]
    ids_of = {name: place for place, name in enumerate(listing.classes)}
    given = np.array([ids_of[entry.label] for entry in entries], np.int64)
    arrays: dict[str, NDArray[Any]] = {"keys": written.keys, "given": given}
    true = [entry.label if entry.true is None else entry.true for entry in entries]
    known_truth = any(entry.true is not None for entry in entries)
    if known_truth:
        arrays["true"] = np.array([ids_of[label] for label in true], np.int64)
    counts = tuple(sum(entry.part == part for entry in entries) for part in PARTS)
    _check_classes(listing.classes, entries, counts[2])
    mean, std = _statistics(written.levels)
    digest = blake2b(digest_size=4)
    identity = [written.shape, counts, listing.classes, written.resized]
    digest.update(json.dumps([*identity, "jpeg"] if written.encoded else identity).encode())
    for array in arrays.values():
        digest.update(np.ascontiguousarray(array).data)
    name = f"{_slug(listing.title)}-{digest.hexdigest()}"
    about = About(
        name=name,
        title=listing.title,
        source=str(written.source),
        made=time.time(),
        classes=listing.classes,
        image_shape=written.shape,
        counts=counts,
        mean=mean,
        std=std,
        resized=written.resized,
        encoded=written.encoded,
        held_out=listing.held_out,
        true_labels=known_truth,
        notes=listing.notes,
        skipped=tuple((one.path, one.why) for one in (*listing.skipped, *written.skipped)),
    )
    with (work / "rows.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    root = len(common_root([entry.file.path for entry in entries]))
    ids = ["/".join(entry.file.path.split("/")[root:]) for entry in entries]
    write_synced(work / "ids.json", json.dumps(ids).encode())
    write_synced(work / "about.json", json.dumps(asdict(about)).encode())
    return name


def write_synced(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before this returns."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read_about(cache: Path, name: str) -> About | None:
    """What is known of the images of that name; None if there are none."""
    if not OWN_NAME.fullmatch(name):
        return None
    try:
        said = json.loads((cache / name / "about.json").read_text("utf-8"))
        found = About(**{key: _frozen(value) for key, value in said.items()})
        return replace(found, notes=tuple(n for n in found.notes if not n.endswith(_OUTDATED)))
    except _DAMAGED:
        return None


def all_prepared(cache: Path) -> list[About]:
    """All prepared images, the newest first."""
    names = [path.name for path in cache.iterdir()] if cache.is_dir() else []
    found = [about for name in names if (about := read_about(cache, name))]
    return sorted(found, key=lambda about: -about.made)


def load_prepared(cache: Path, about: About) -> LabelledImages:
    """The images, mapped, with their labels; once a process. Raises BadInput if damaged."""
    folder = prepared_at(cache, about.name)
    try:
        key = stamp(folder / about.file)
        return loaded.get(key, lambda: _load(folder, about))
    except _DAMAGED as error:
        raise BadInput(
            f"the prepared images {about.name} are damaged ({error}): delete the folder "
            f"{folder} and import {about.title} again"
        ) from error


def _load(folder: Path, about: About) -> LabelledImages:
    with np.load(folder / "rows.npz", allow_pickle=False) as file:
        arrays = dict(file)
    ids = json.loads((folder / "ids.json").read_text("utf-8"))
    train, validation, test = about.counts
    total = train + validation + test
    images = _images(folder, about, arrays["keys"], ids)
    if images.shape != about.image_shape or {*map(len, (images, ids, arrays["given"]))} != {total}:
        raise ValueError("sizes differ")
    given = torch.from_numpy(arrays["given"])
    true = torch.from_numpy(arrays["true"]) if "true" in arrays else None
    first = train + validation
    return LabelledImages(
        images,
        Split(range(train), given[:train]),
        Split(range(first, total), (given if true is None else true)[first:]),
        about.classes,
        None if true is None else true[:train],
        about.notes,
        Split(range(train, first), given[train:first]) if validation else None,
        None if true is None or not validation else true[train:first],
        about.held_out,
    )


def _images(folder: Path, about: About, keys: NDArray[np.uint8], ids: Sequence[str]) -> ImageSet:
    file, resized = folder / about.file, about.resized
    if about.encoded:
        return EncodedSet(Jpegs(file), keys=keys, ids=ids, resized=resized)
    pixels = torch.from_numpy(np.load(file, mmap_mode="c", allow_pickle=False))
    return ImageSet(pixels, file=file, keys=keys, ids=ids, resized=resized)


def known(cache: Path, plan: str) -> str:
    """The name that a plan came to; "" if it is to be prepared."""
    name = _plans(cache).get(plan, "")
    return name if name and read_about(cache, name) else ""


def remember(cache: Path, plan: str, name: str) -> None:
    """Keep which name a plan came to."""
    write_synced(cache / "known.json", json.dumps(_plans(cache) | {plan: name}).encode())


def remove(cache: Path, name: str) -> None:
    """Remove prepared images of that name. Raises BadInput."""
    shutil.rmtree(prepared_at(cache, name), ignore_errors=True)


def _plans(cache: Path) -> dict[str, str]:
    try:
        plans: dict[str, str] = json.loads((cache / "known.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return plans


def _check_classes(classes: Sequence[str], entries: Sequence[Entry], num_test: int) -> None:
    named = {label for e in entries if e.part == "train" for label in (e.label, e.true)}
    empty = [name for name in classes if name not in named]
    if empty:
        names = ", ".join(map(repr, empty[:4])) + ("…" if len(empty) > 4 else "")
        raise BadInput(
            f"no training image of {names} can be read: mend the files, or leave the class out"
        )
    if not num_test:
        raise BadInput("no test image can be read: mend the files, or leave the test set out")


def _statistics(levels: NDArray[np.int64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of each channel in [0, 1]."""
    shares = levels / levels.sum(axis=1, keepdims=True)
    values = np.arange(256) / 255
    mean = (shares * values).sum(axis=1)
    std = np.sqrt(np.clip((shares * values**2).sum(axis=1) - mean**2, 0, None))
    std = np.where(std > 1e-3, std, 1.0)  # a constant channel stays finite
    return tuple(np.round(mean, 4).tolist()), tuple(np.round(std, 4).tolist())


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title).strip("-")[:40] or "images"


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
