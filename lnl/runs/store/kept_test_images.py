"""Some test images with their classes, kept once for each data fingerprint, for feature maps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnl.errors import StoreError
from lnl.runs.store.files import read_arrays, write_arrays
from lnl.runs.store.pictures import Pictures, small

THUMBNAIL = 32  # pixels of an image that is reduced in size


@dataclass(frozen=True)
class UnseenImages:
    """The test images whose features are kept, in the order of the features' rows."""

    ids: NDArray[np.int64]  # [T] places in the test set, rising
    labels: NDArray[np.int64]  # [T] their classes
    images: NDArray[np.uint8]  # [T, C, H, W], perhaps reduced in size; [0, 1, 1, 1]: not kept

    @classmethod
    def of(
        cls, images: Pictures, labels: NDArray[np.int64], ids: NDArray[np.int64]
    ) -> UnseenImages:
        """Those of a whole test set [N_test, C, H, W] with classes [N_test]."""
        step = -(-max(images.shape[2:]) // THUMBNAIL)
        return cls(ids, labels[ids], small(images, ids, step))

    @property
    def without_images(self) -> UnseenImages:
        """Ids and classes alone."""
        return replace(self, images=np.empty((0, 1, 1, 1), np.uint8))


def unseen_file(folder: Path, fingerprint: str) -> Path:
    """Where they lie, within the folder of all data."""
    return folder / "test" / f"{fingerprint}.npz"


def write_unseen(path: Path, found: UnseenImages) -> None:
    """As one file."""
    write_arrays(path, {"ids": found.ids, "labels": found.labels, "images": found.images})


def read_unseen(path: Path) -> UnseenImages:
    """The inverse of ``write_unseen``. Raises StoreError if it is missing or damaged."""
    arrays = read_arrays(path)
    try:
        return UnseenImages(**arrays)
    except TypeError as error:
        raise StoreError(f"{path.name} does not hold test images: {error}") from error
