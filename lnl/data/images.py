"""A set of images: what it holds is its identity, however its labels change."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cached_property
from hashlib import blake2b
from weakref import WeakValueDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Rows = range | Tensor  # places in an image set: consecutive ones, or any, int64
KEY = 16  # bytes


class ImageSet:
    """Images of one size as one tensor, uint8 [N, C, H, W]: never changed, shared by all runs."""

    def __init__(self, pixels: Tensor) -> None:
        self.pixels = pixels
        self._copies: WeakValueDictionary[torch.device | str, ImageSet] = WeakValueDictionary()
        self._copying = threading.Lock()

    @classmethod
    def of(cls, parts: Iterable[Tensor]) -> ImageSet:
        """The images of all parts, one after the other."""
        return cls(torch.cat(list(parts)))

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """C, H, W of each image."""
        channels, height, width = self.pixels.shape[1:]
        return channels, height, width

    def read(self, rows: Rows) -> Tensor:
        """The images at ``rows``, uint8 [B, C, H, W]; consecutive ones are not copied."""
        if isinstance(rows, range):
            return self.pixels[rows.start : rows.stop]
        return self.pixels[rows.to(self.pixels.device)]

    @cached_property
    def keys(self) -> NDArray[np.uint8]:
        """The content key of each image [N, 16]: equal images have equal keys."""
        shape = ",".join(map(str, self.shape)).encode()
        images = self.pixels.contiguous().numpy()
        digests = (blake2b(shape + image.tobytes(), digest_size=KEY).digest() for image in images)
        return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, KEY)

    @cached_property
    def fingerprint(self) -> str:
        """Of the images in their order, and of nothing else."""
        return blake2b(self.keys.tobytes(), digest_size=KEY).hexdigest()

    def on(self, device: torch.device) -> ImageSet:
        """The set on a device: one copy for all who use it, alive as long as they do."""
        if device == self.pixels.device:
            return self
        return self._copy(device)

    def is_on(self, device: torch.device) -> bool:
        """Whether a copy of the set lies on the device now."""
        return device in self._copies

    def pinned(self) -> ImageSet:
        """The set in pinned host memory: one copy, as ``on``."""
        return self._copy("pinned")

    def _copy(self, place: torch.device | str) -> ImageSet:
        with self._copying:
            copy = self._copies.get(place)
            if copy is None:
                pinned = place == "pinned"
                copy = ImageSet(self.pixels.pin_memory() if pinned else self.pixels.to(place))
                self._copies[place] = copy
            return copy
