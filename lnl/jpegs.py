"""Many JPEG pictures of one size in one file, with a table at its end that says where each lies.

The pictures, one after the other; then their ends, int64 [N]; then magic, N, C, H and W, int64
each. Pages read single pictures by Pillow, training decodes whole batches by torchvision.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

QUALITY = 90
MAPPED = 4_000_000_000  # bytes of pixels; own images that take more are stored as JPEG
SHARE = 1 / 8  # about what a photo takes, of its pixels
ENDING = ".jpegs"
_MAGIC = int.from_bytes(b"LNLJPEG1", "little")
_LAST = 5 * 8  # bytes


class Jpegs:
    """The pictures of such a file, read as an array uint8 [N, C, H, W] on the disk would be.

    Raises OSError or ValueError for a file that is no such one, or is cut off.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._bytes = np.memmap(file, np.uint8, mode="r")
        magic, count, *shape = self._numbers(len(self._bytes) - _LAST, 5).tolist()
        table = len(self._bytes) - _LAST - 8 * count
        if magic != _MAGIC or count < 0 or table < 0:
            raise ValueError(f"{file.name} holds no JPEG pictures with their table")
        ends = self._numbers(table, count)
        if count and (ends[-1] != table or (np.diff(ends, prepend=0) <= 0).any()):
            raise ValueError(f"the table of {file.name} does not fit its pictures")
        self._ends = ends
        channels, height, width = shape
        self.shape = (count, channels, height, width)

    def _numbers(self, start: int, count: int) -> NDArray[np.int64]:
        if start < 0:
            raise ValueError(f"{self.file.name} is cut off")
        return np.frombuffer(self._bytes, np.uint8, count * 8, start).view("<i8").astype(np.int64)

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def nbytes(self) -> int:
        """What the pictures take as pixels."""
        return int(np.prod(self.shape))

    def content(self, row: int) -> NDArray[np.uint8]:
        """A JPEG: its bytes, mapped."""
        start = int(self._ends[row - 1]) if row else 0
        return self._bytes[start : int(self._ends[row])]

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The pictures at ``rows``, uint8 [B, C, H, W]."""
        found = np.empty((len(rows), *self.shape[1:]), np.uint8)
        for picture, row in zip(found, rows.tolist(), strict=True):
            picture[:] = _decoded(self.content(row), self.shape[1])
        return found


def encoded(picture: NDArray[np.uint8]) -> bytes:
    """A picture [C, H, W] as JPEG."""
    file = io.BytesIO()
    planes = picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0)
    Image.fromarray(np.ascontiguousarray(planes)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def table(lengths: NDArray[np.int64], shape: tuple[int, int, int]) -> bytes:
    """What stands behind pictures of so many bytes each."""
    last = np.array([_MAGIC, len(lengths), *shape], "<i8")
    return np.cumsum(lengths).astype("<i8").tobytes() + last.tobytes()


def _decoded(content: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(content.tobytes()), formats=["JPEG"]) as image:
        pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"), np.uint8)
    return pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)
