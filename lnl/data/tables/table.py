"""Rows of numbers as a data set: learned from as vectors, shown as glyphs where images are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from lnl.data.features import FeatureSet
from lnl.data.images import KEY, ImageSet, Rows, content_key

GLYPH = 20  # pixels of its side, and the bars it has at most
REACH = 3.0  # deviations at its upper and lower edge
_HALF = GLYPH // 2
_PAPER, _LINE, _BAR = 240, 200, 40  # grey levels
Values = NDArray[np.float32]


class Table(ImageSet):
    """Vectors [N, D], each column brought to mean 0 and deviation 1 over the training rows.

    As an image set it holds their glyphs, uint8 [N, 1, S, S]: a bar a column, or a few columns
    that stand together, up where a row lies above the mean and down where below. Content keys are
    of the rows as they came.
    """

    def __init__(self, values: NDArray[np.floating], train: Rows, ids: Sequence[str] = ()) -> None:
        rows = np.arange(train.start, train.stop) if isinstance(train, range) else train.numpy()
        low, high = values[rows].min(axis=0), values[rows].max(axis=0)
        self.constant: NDArray[np.bool_] = low == high  # columns [D]
        # by its range first: the squares of a deviation may be too small or large for a float
        unit = (values - low) / np.where(self.constant, 1, high - low)
        mean, std = unit[rows].mean(axis=0), unit[rows].std(axis=0)
        scaled: Values = ((unit - mean) / np.where(self.constant, 1, std)).astype(np.float32)
        scaled[:, self.constant] = 0  # also of a test row that differs: nothing was learned of it
        super().__init__(torch.from_numpy(glyphs(scaled)), keys=_keys(values), ids=ids)
        self.vectors = FeatureSet(torch.from_numpy(scaled))
        self.columns = scaled.shape[1]


def glyphs(rows: Values) -> NDArray[np.uint8]:
    """Standardised rows [N, D] as pictures [N, 1, S, S]; outliers end at the edge."""
    ends = np.linspace(0, rows.shape[1], min(GLYPH, rows.shape[1]) + 1).astype(int)
    means = np.add.reduceat(rows, ends[:-1], axis=1) / np.diff(ends)  # of a bar's columns
    heights = np.rint(means.clip(-REACH, REACH) * (_HALF / REACH)).astype(np.int64)
    bar_of_pixel = np.arange(GLYPH) * len(ends[:-1]) // GLYPH
    upright = _bars()[heights + _HALF][:, bar_of_pixel]  # [N, along, down]
    return np.ascontiguousarray(upright.transpose(0, 2, 1)[:, None])


def _bars() -> NDArray[np.uint8]:
    """A column of pixels for each height from -S/2 to S/2, [S + 1, S]."""
    down = np.arange(GLYPH)
    bars = np.full((GLYPH + 1, GLYPH), _PAPER, np.uint8)
    bars[:, _HALF - 1] = _LINE
    for height in range(-_HALF, _HALF + 1):
        first, last = sorted((_HALF - height, _HALF))
        bars[height + _HALF, (down >= first) & (down < last)] = _BAR
    return bars


def _keys(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    plain = np.ascontiguousarray(values, np.float64) + 0.0  # no negative zeros
    rows = plain.view(np.uint8).reshape(len(plain), -1)
    return np.frombuffer(b"".join(map(content_key, rows)), np.uint8).reshape(-1, KEY)
