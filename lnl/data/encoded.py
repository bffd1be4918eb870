"""Images as JPEG in one file: sets that are larger than memory, decoded a batch at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.io import ImageReadMode, decode_jpeg

from lnl.data.images import ImageSet, Rows
from lnl.jpegs import QUALITY, Jpegs


class EncodedSet(ImageSet):
    """Images of one size in a file of ``lnl.jpegs``: only what is read is ever in memory."""

    in_memory = False

    def __init__(
        self, jpegs: Jpegs, *, keys: NDArray[np.uint8], ids: Sequence[str] = (), resized: bool
    ) -> None:
        super().__init__(torch.empty(0), file=jpegs.file, keys=keys, ids=ids, resized=resized)
        self.jpegs = jpegs
        self._mode = ImageReadMode.GRAY if jpegs.shape[1] == 1 else ImageReadMode.RGB

    def __len__(self) -> int:
        return len(self.jpegs)

    @property
    def shape(self) -> tuple[int, int, int]:
        """C, H, W of each image."""
        _, channels, height, width = self.jpegs.shape
        return channels, height, width

    @property
    def nbytes(self) -> int:
        """What all would take in memory."""
        return self.jpegs.nbytes

    @property
    def _form(self) -> str:
        return f"{super()._form},jpeg{QUALITY}"

    def read(self, rows: Rows) -> Tensor:
        """The images at ``rows``, uint8 [B, C, H, W], decoded in threads."""
        places = rows if isinstance(rows, range) else rows.tolist()
        images = torch.empty(len(places), *self.shape, dtype=torch.uint8)

        def decode(target: Tensor, place: int) -> None:
            content = torch.from_numpy(np.array(self.jpegs.content(place)))
            target.copy_(decode_jpeg(content, self._mode))

        for _ in _threads().map(decode, images.unbind(), places):
            pass
        return images

    @property
    def pictures(self) -> Jpegs:
        """The images as pages read them."""
        return self.jpegs


@cache
def _threads() -> ThreadPoolExecutor:
    """Of all sets: decoding leaves the interpreter free."""
    return ThreadPoolExecutor(os.cpu_count() or 1, "decode")
