"""Labels and images, kept once for each data fingerprint, so that pages need no data set."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput, StoreError
from lnl.jpegs import ENDING, Jpegs
from lnl.runs.store.files import read_arrays, write_arrays, write_whole
from lnl.runs.store.history import history_ids
from lnl.runs.store.kept_test_images import THUMBNAIL, UnseenImages, unseen_file, write_unseen
from lnl.runs.store.pictures import Pictures, picked, small

MAX_IMAGE_BYTES = 200_000_000
SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
ROWS = "rows"  # in place of a range: those of the file of rows
_NO_IMAGES = np.empty((0, 1, 1, 1), np.uint8)


@dataclass(frozen=True)
class KeptData:
    """What a page can know about the training samples of a run."""

    given_labels: NDArray[np.int64]  # [N]
    true_labels: NDArray[np.int64] | None  # [N], -1 = open-set; None: unknown
    groups: NDArray[np.int8]  # [N] 0 clean, 1 mislabelled, 2 open-set, 3 unknown
    class_names: tuple[str, ...]
    history_ids: NDArray[np.int64]  # [M] samples whose history is kept, rising
    probe: NDArray[np.int64]  # [P] samples whose features are kept, in the order of the rows
    images: Pictures  # [len(image_ids), C, H, W], on the disk, perhaps reduced in size
    image_ids: NDArray[np.int64]  # samples whose images are kept, rising
    origins: tuple[str, ...] = ()  # [N] the file of each sample of a user's own images; (): unknown
    rows: NDArray[np.int64] | None = None  # [N] places among all training images; None: 0, 1, ...

    def origin(self, sample: int) -> str:
        """The file of a sample; "" where it is unknown."""
        return self.origins[sample] if self.origins else ""

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where samples stand among all training images of their data set."""
        return ids if self.rows is None else self.rows[ids]

    def images_of(self, ids: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Images [len(ids), C, H, W]. Raises BadInput for a sample whose image is not kept."""
        places = np.searchsorted(self.image_ids, ids)
        inside = places < len(self.image_ids)
        if not inside.all() or (self.image_ids[places] != ids).any():
            raise BadInput(
                f"images are kept of {len(self.image_ids)} samples only, not of all asked"
            )
        return np.ascontiguousarray(self.images[places])


@dataclass(frozen=True)
class WholeSet:
    """All images of a set, those of the test too: one file for all runs on them."""

    fingerprint: str
    images: Pictures  # [., C, H, W]
    training: range | None  # rows of the training samples; None: those of ``DataToKeep.rows``
    file: Path | None = None  # of just these images, which need no second place on the disk


@dataclass(frozen=True)
class DataToKeep:
    """The same, as whoever trains has it."""

    given_labels: NDArray[np.int64]
    true_labels: NDArray[np.int64] | None
    groups: NDArray[np.int8]
    class_names: tuple[str, ...]
    probe: NDArray[np.int64]
    images: Pictures  # [N, C, H, W]
    unseen: UnseenImages | None = None
    images_fingerprint: str = ""  # which histories are kept follows it; "": the data's own
    whole: WholeSet | None = None  # kept in place of the images, if it is not much more
    origins: tuple[str, ...] = ()
    rows: NDArray[np.int64] | None = None  # as of ``KeptData``


def keep_data(folder: Path, fingerprint: str, data: DataToKeep) -> None:
    """Keep what is not kept yet; images once for all label noise drawn on them."""
    if not SAFE_NAME.fullmatch(fingerprint):
        raise StoreError(f"{fingerprint!r} is no fingerprint: letters, digits, - and _ only")
    unseen = unseen_file(folder, fingerprint)
    if data.unseen is not None and not unseen.exists():
        write_unseen(unseen, data.unseen)
    if data.rows is not None:
        _keep_rows(rows_file(folder, fingerprint), data.rows)
    path = folder / f"{fingerprint}.npz"
    if path.exists():
        return
    ids = history_ids(data.images_fingerprint or fingerprint, len(data.given_labels))
    name, image_ids = _keep_images(folder, data, ids)
    arrays: dict[str, NDArray[Any]] = {
        "given_labels": np.asarray(data.given_labels, np.int64),
        "groups": np.asarray(data.groups, np.int8),
        "class_names": np.asarray(data.class_names, np.str_),
        "history_ids": ids,
        "probe": np.asarray(data.probe, np.int64),
        "images": np.asarray(name),
        "image_ids": image_ids,
    }
    if data.true_labels is not None:
        arrays["true_labels"] = np.asarray(data.true_labels, np.int64)
    if data.origins:
        arrays["origins"] = np.frombuffer(json.dumps(data.origins).encode(), np.uint8)
    write_arrays(path, arrays)


def rows_file(folder: Path, fingerprint: str) -> Path:
    """Where the places of the samples lie, if they are not 0, 1, ...: of this store alone."""
    return folder / "rows" / f"{fingerprint}.npy"


def _keep_rows(path: Path, rows: NDArray[np.int64]) -> None:
    if not path.exists():
        write_whole(path, lambda file: np.save(file, rows, allow_pickle=False))


def _kept_rows(path: Path) -> NDArray[np.int64] | None:
    return np.load(path, allow_pickle=False) if path.exists() else None


def _keep_images(
    folder: Path, data: DataToKeep, ids: NDArray[np.int64]
) -> tuple[str, NDArray[np.int64]]:
    """Where the images of which samples are kept now."""
    every = np.arange(len(data.images), dtype=np.int64)
    if data.whole and (_linked(folder, data.whole) or worth_keeping(data.whole)):
        rows = data.whole.training
        _write_images(folder, data.whole.fingerprint, data.whole.images)
        which = ROWS if rows is None else f"{rows.start}-{rows.stop}"
        return f"{data.whole.fingerprint}:{which}", every
    images, image_ids = reduced(data.images, every, ids)
    name = image_name(images)
    _write_images(folder, name, images)
    return name, image_ids


def worth_keeping(whole: WholeSet) -> bool:
    """Whether a set is small enough to be kept whole, and most of it is trained on."""
    if whole.training is None or not isinstance(whole.images, np.ndarray):
        return False
    fits = whole.images.nbytes <= MAX_IMAGE_BYTES
    return fits and 2 * len(whole.training) >= len(whole.images)


def _linked(folder: Path, whole: WholeSet) -> bool:
    """Whether the file of the images is here too now: a second name, not a second copy."""
    path = image_file(folder, whole.fingerprint)
    if whole.file is not None:
        path = path.with_suffix(whole.file.suffix)
    if whole.file is None or path.exists():
        return path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.hardlink_to(whole.file)
    except OSError:  # another disk, or one without links
        return False
    return True


def _write_images(folder: Path, name: str, images: Pictures) -> None:
    path = image_file(folder, name)
    if isinstance(images, np.ndarray) and not path.exists():
        write_whole(path, lambda file: np.save(file, images, allow_pickle=False))


def reduced(
    images: Pictures, every: NDArray[np.int64], ids: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The images and whose they are; of too many, small ones of the samples ``ids``."""
    if images.nbytes <= MAX_IMAGE_BYTES:
        return images if isinstance(images, np.ndarray) else images[np.arange(len(images))], every
    return small(images, ids, max(1, -(-max(images.shape[2:]) // THUMBNAIL))), ids


def read_data(folder: Path, fingerprint: str) -> KeptData:
    """The inverse of ``keep_data``. Raises StoreError if it is missing or damaged."""
    if not SAFE_NAME.fullmatch(fingerprint):
        raise StoreError("nothing is kept of this run's data yet")
    arrays = read_arrays(folder / f"{fingerprint}.npz")
    try:
        name = str(arrays["images"])
        return KeptData(
            given_labels=arrays["given_labels"],
            true_labels=arrays.get("true_labels"),
            groups=arrays["groups"],
            class_names=tuple(str(name) for name in arrays["class_names"]),
            history_ids=arrays["history_ids"],
            probe=arrays["probe"],
            images=mapped_images(folder, name, fingerprint) if name else _NO_IMAGES,
            image_ids=arrays["image_ids"],
            origins=origins_of(arrays),
            rows=_kept_rows(rows_file(folder, fingerprint)),
        )
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(
            f"the labels or images of data {fingerprint} are damaged: {error}"
        ) from error


def origins_of(arrays: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
    """Where the images came from. Raises ValueError for what is no list of texts."""
    if "origins" not in arrays:
        return ()
    found = json.loads(arrays["origins"].tobytes())
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError("the origins of its images are no texts")
    return tuple(found)


def image_name(images: NDArray[np.uint8]) -> str:
    """A name that follows from the content: equal images are kept once."""
    return hashlib.blake2b(np.ascontiguousarray(images).data, digest_size=16).hexdigest()


def image_file(folder: Path, name: str) -> Path:
    """Where images of that name lie. Raises ValueError for a name that is no content's."""
    if not SAFE_NAME.fullmatch(name):
        raise ValueError(f"{name!r} names no images")
    return folder / "images" / f"{name}.npy"


def mapped_images(folder: Path, place: str, fingerprint: str) -> Pictures:
    """The images at a place: a file's name, or that and which rows of it.

    ``fingerprint``: of the data that they belong to. Raises OSError, ValueError.
    """
    name, _, which = place.partition(":")
    path = image_file(folder, name)
    jpegs = path.with_suffix(ENDING)
    images: Pictures = (
        Jpegs(jpegs) if jpegs.exists() else np.load(path, mmap_mode="r", allow_pickle=False)
    )
    if not which:
        return images
    if which == ROWS:
        return picked(images, np.load(rows_file(folder, fingerprint), allow_pickle=False))
    start, stop = map(int, which.split("-"))
    return picked(images, range(start, stop))


def data_files(folder: Path, fingerprint: str) -> tuple[Path, Pictures | None]:
    """Where labels lie, and the images; None where none are kept. Raises StoreError."""
    path = folder / f"{fingerprint}.npz"
    place = str(read_arrays(path)["images"])
    return path, mapped_images(folder, place, fingerprint) if place else None


def drop_data_except(folder: Path, fingerprints: set[str]) -> None:
    """Remove what no run needs any more."""
    needed = set()
    for path in folder.glob("*.npz"):
        if path.stem in fingerprints:
            needed.add(str(read_arrays(path)["images"]).partition(":")[0])
        else:
            path.unlink(missing_ok=True)
            unseen_file(folder, path.stem).unlink(missing_ok=True)
            rows_file(folder, path.stem).unlink(missing_ok=True)
    images = folder / "images"
    for path in (*images.glob("*.npy"), *images.glob(f"*{ENDING}")):
        if path.stem not in needed:
            path.unlink(missing_ok=True)
