"""Nearest neighbours, exactly, and how many of them a map keeps near."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 15


class Neighbours(NamedTuple):
    """Of each sample, nearest first."""

    others: NDArray[np.int32]  # [P, k]
    distances: NDArray[np.float32]  # [P, k]


def nearest(points: NDArray[np.floating[Any]], count: int) -> Neighbours:
    """Each point's ``count`` nearest others, by comparing all pairs of ``points`` [P, D]."""
    exact = np.asarray(points, np.float32)
    exact = exact - exact.mean(0)
    squared = _squared(exact, exact)
    np.fill_diagonal(squared, np.inf)
    return _nearest(exact, exact, squared, count)


def nearest_among(
    points: NDArray[np.floating[Any]], others: NDArray[np.floating[Any]], count: int
) -> Neighbours:
    """The ``count`` nearest to each of ``points`` [T, D] among ``others`` [P, D]."""
    among = np.asarray(others, np.float32)
    middle = among.mean(0)
    exact, among = np.asarray(points, np.float32) - middle, among - middle
    return _nearest(exact, among, _squared(exact, among), count)


def _squared(points: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squares of all distances [T, P], by a product of matrices."""
    norms, other_norms = np.square(points).sum(1), np.square(others).sum(1)
    found: NDArray[np.float32] = norms[:, None] + other_norms - 2 * points @ others.T
    return found


def _nearest(
    points: NDArray[np.float32],
    others: NDArray[np.float32],
    squared: NDArray[np.float32],
    count: int,
) -> Neighbours:
    found = np.argpartition(squared, count - 1, axis=1)[:, :count]
    # again for the few, without the cancellation that the many suffer
    true = np.square(others[found] - points[:, None]).sum(2)
    order = np.argsort(true, axis=1, kind="stable")
    nearest_first = np.take_along_axis(found, order, 1).astype(np.int32)
    return Neighbours(nearest_first, np.sqrt(np.take_along_axis(true, order, 1)))


def kept_share(near: Neighbours, places: NDArray[np.floating[Any]]) -> float:
    """Share of the neighbours ``near`` who are among as many nearest on the map [P, 2]."""
    size, count = near.others.shape
    after = nearest(places, count).others
    # a pair of samples as one number: which pairs are in both
    rows = np.arange(size, dtype=np.int64)[:, None] * size
    return float(np.isin(rows + near.others, rows + after).mean())
