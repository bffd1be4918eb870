"""The transition matrix that a method estimated, beside that of the data's labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnl.runs.store import RunStore
from lnl.runs.store.kept_data import KeptData

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Transition:
    """At an epoch. Matrices are [K, K], row = true class, column = given label."""

    epoch: int
    estimated: Matrix
    true: Matrix | None  # as counted; NaN in the row of a class without samples. None: unknown

    @property
    def difference(self) -> float | None:
        """Mean of |estimated - true| over all entries of classes with samples."""
        return None if self.true is None else float(np.nanmean(abs(self.estimated - self.true)))

    @property
    def of_diagonal(self) -> float | None:
        """The same, over the shares of right labels alone."""
        if self.true is None:
            return None
        return float(np.nanmean(abs(self.estimated - self.true).diagonal()))


def transition_at(
    store: RunStore, run_id: str, epoch: int | None = None, truth: bool = True
) -> Transition | None:
    """At the newest epoch that has one, up to ``epoch`` where given; None if there is none.

    Without ``truth`` as if the true labels were unknown.
    """
    kept = [n for n in store.transition_epochs(run_id) if epoch is None or n <= epoch]
    found = store.transition(run_id, kept[-1]) if kept else None
    if found is None:
        return None
    data = store.data(store.run(run_id).data.fingerprint)
    return Transition(kept[-1], found.astype(np.float64), counted(data) if truth else None)


def counted(data: KeptData) -> Matrix | None:
    """How often each class [K] was given each label; None where true labels are unknown."""
    if data.true_labels is None:
        return None
    known, size = data.true_labels >= 0, len(data.class_names)
    pairs = data.true_labels[known] * size + data.given_labels[known]
    counts = np.bincount(pairs, minlength=size**2).reshape(size, size).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(counts / counts.sum(1, keepdims=True))
