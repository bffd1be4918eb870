"""Seeded shares of samples, class by class; the draws never change (numpy's legacy generator)."""

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]


def quotas(sizes: NDArray[np.int64], share: NDArray[np.float64] | float) -> Index:
    """How many of each class to take: round(sum(sizes * share)) in all, by largest remainder."""
    wanted = sizes * np.broadcast_to(share, sizes.shape)
    taken: Index = np.floor(wanted + 1e-9).astype(np.int64)
    # At equal remainders the smaller class id is served first.
    order = np.argsort(-(wanted - taken), kind="stable")
    taken[order[: int(np.rint(wanted.sum())) - int(taken.sum())]] += 1
    return taken


def choose(
    labels: NDArray[np.int64], counts: Index, random: np.random.RandomState
) -> NDArray[np.bool_]:
    """True at ``counts[c]`` samples of each class c, drawn without replacement; bool [N]."""
    chosen = np.zeros(len(labels), bool)
    for c, count in enumerate(counts):
        chosen[random.permutation(np.flatnonzero(labels == c))[:count]] = True
    return chosen


def stratified(labels: NDArray[np.int64], test: int, seed: int) -> tuple[Index, Index]:
    """Places of the training and the ``test`` test samples, each class in its share, shuffled."""
    random = np.random.RandomState(seed)
    sizes = np.bincount(labels)
    is_test = choose(labels, quotas(sizes, test / len(labels)), random)
    train = random.permutation(np.flatnonzero(~is_test))
    return train, random.permutation(np.flatnonzero(is_test))
