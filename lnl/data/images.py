"""A set of images: what it holds is its identity, however its labels change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnl.jpegs import Jpegs

Rows = range | Tensor  # places in an image set: consecutive ones, or any, int64
KEY = 16  # bytes


class ImageSet:
    """Images of one size as one tensor, uint8 [N, C, H, W]: never changed, shared by all runs.

    ``file`` is that which they are mapped from, None while they are this process's alone; ``keys``
    are content keys [N, 16] that are known already, of the images as they were before they were
    ``resized``; ``ids`` say which image each is, for people: (): its row.
    """

    in_memory = True  # or mapped: any image can be had at once

    def __init__(
        self,
        pixels: Tensor,
        *,
        file: Path | None = None,
        keys: NDArray[np.uint8] | None = None,
        ids: Sequence[str] = (),
        resized: bool = False,
    ) -> None:
        self.pixels = pixels
        self.file = file
        self.ids = ids
        self._resized = resized
        self._copies: WeakValueDictionary[torch.device, ImageSet] = WeakValueDictionary()
        self._keys = keys
        # of this set alone: nobody waits for what is done to another
        self._copying, self._hashing = threading.Lock(), threading.Lock()

    @classmethod
    def of(cls, parts: Sequence[Tensor]) -> ImageSet:
        """The images of all parts, [., C, H, W] in any layout, one after the other."""
        whole = torch.empty(sum(map(len, parts)), *parts[0].shape[1:], dtype=torch.uint8)
        return cls(torch.cat(list(parts), out=whole))

    def __len__(self) -> int:
        return len(self.pixels)

    columns = 0  # of a table of vectors, whose images are glyphs

    @property
    def shape(self) -> tuple[int, int, int]:
        """C, H, W of each image."""
        channels, height, width = self.pixels.shape[1:]
        return channels, height, width

    @property
    def nbytes(self) -> int:
        """What all take in memory."""
        return self.pixels.nbytes

    def read(self, rows: Rows) -> Tensor:
        """The images at ``rows``, uint8 [B, C, H, W]; consecutive ones are not copied."""
        if isinstance(rows, range):
            return self.pixels[rows.start : rows.stop]
        return self.pixels[rows.to(self.pixels.device)]

    @property
    def keys(self) -> NDArray[np.uint8]:
        """The content key of each image [N, 16]: equal images have equal keys."""
        with self._hashing:
            if self._keys is None:
                self._keys = _content_keys(self.pixels.contiguous().numpy())
            return self._keys

    @property
    def fingerprint(self) -> str:
        """Of the images in their order, the size they were brought to, and of nothing else."""
        return blake2b(self.keys.tobytes() + self._form.encode(), digest_size=KEY).hexdigest()

    @property
    def _form(self) -> str:
        """What was done to the images that the keys are of."""
        return ",".join(map(str, self.shape)) if self._resized else ""

    @property
    def pictures(self) -> NDArray[np.uint8] | Jpegs:
        """The images as pages read them, without torch."""
        return self.pixels.numpy()

    def first(self, count: int) -> ImageSet:
        """The first so many of them, as a set of its own on the same memory."""
        keys = None if self._keys is None else self._keys[:count]
        return ImageSet(self.pixels[:count], keys=keys, ids=self.ids[:count], resized=self._resized)

    def map(self, file: Path) -> None:
        """Read them from this ``.npy`` from now on, as all who map it; unless it holds others.

        Raises OSError or ValueError where it cannot be read.
        """
        if self.file is not None and file.samefile(self.file):
            return
        mapped = torch.from_numpy(np.load(file, mmap_mode="c", allow_pickle=False))
        if mapped.dtype == torch.uint8 and torch.equal(mapped, self.pixels):
            self.pixels, self.file = mapped, file

    def on(self, device: torch.device) -> ImageSet:
        """The set on a device: one copy for all who use it, alive as long as they do."""
        if device == self.pixels.device:
            return self
        with self._copying:
            copy = self._copies.get(device)
            if copy is None:
                copy = self._copies[device] = ImageSet(self.pixels.to(device))
            return copy

    def is_on(self, device: torch.device) -> bool:
        """Whether a copy of the set lies on the device now."""
        return device in self._copies


def rows_at(rows: Rows, places: NDArray[np.int64]) -> Tensor:
    """Those of the rows at ``places``, int64 [len(places)]."""
    found = torch.from_numpy(places)
    return found + rows.start if isinstance(rows, range) else rows[found]


def content_key(image: NDArray[np.uint8]) -> bytes:
    """Of shape and pixels of an image [C, H, W]."""
    shape = ",".join(map(str, image.shape)).encode()
    return blake2b(shape + image.tobytes(), digest_size=KEY).digest()


def _content_keys(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(map(content_key, images)), np.uint8).reshape(-1, KEY)
