"""Pictures that are read one by one, from pixels or JPEGs on the disk: what pages know of a set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

READ_AT_ONCE = 512


class Pictures(Protocol):
    """Many pictures, uint8 [N, C, H, W], of which some are asked for at a time."""

    @property
    def shape(self) -> tuple[int, ...]:
        """N, C, H, W."""

    @property
    def nbytes(self) -> int:
        """What all take as pixels."""

    def __len__(self) -> int:
        """N"""

    def __getitem__(self, places: Any, /) -> NDArray[np.uint8]:
        """Those at ``places`` [B], uint8 [B, C, H, W]."""


@dataclass(frozen=True)
class Picked:
    """Those of some pictures that lie at ``rows``, as pictures of their own."""

    whole: Pictures
    rows: range | NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """N, C, H, W."""
        return (len(self.rows), *self.whole.shape[1:])

    @property
    def nbytes(self) -> int:
        """What all take as pixels."""
        return int(np.prod(self.shape))

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Those at ``places``, uint8 [B, C, H, W]."""
        places = np.asarray(places)
        rows = self.rows
        return self.whole[places + rows.start if isinstance(rows, range) else rows[places]]


def picked(whole: Pictures, rows: range | NDArray[np.int64]) -> Pictures:
    """Those at ``rows``; of pixels in a row a part of the same memory."""
    if isinstance(whole, np.ndarray) and isinstance(rows, range):
        part: NDArray[np.uint8] = whole[rows.start : rows.stop]
        return part
    return Picked(whole, rows)


def small(pictures: Pictures, ids: NDArray[np.int64], step: int) -> NDArray[np.uint8]:
    """Every ``step``-th pixel of those at ``ids``, few of which are in memory at a time."""
    return np.concatenate([part[:, :, ::step, ::step] for part in _parts(pictures, ids)])


def _parts(pictures: Pictures, ids: NDArray[np.int64]) -> Iterator[NDArray[np.uint8]]:
    for part in np.array_split(ids, max(1, -(-len(ids) // READ_AT_ONCE))):
        yield pictures[part]
