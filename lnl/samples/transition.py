"""The transition matrix as a run tells it, beside that of the data's labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnl.findings.joints import by_true_class, noise_rate
from lnl.runs.store import RunStore
from lnl.runs.store.kept_data import KeptData

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Transition:
    """At an epoch. Matrices are [K, K], row = true class, column = given label.

    Rows of classes that nobody is of are NaN in the true one, zeros in the others.
    """

    epoch: int
    estimated: Matrix | None  # by the method; None: it makes no estimate
    counted: Matrix | None  # from the run's predictions, by the confident joint; None: not kept
    true: Matrix | None  # None: unknown
    counted_noise_rate: float | None = None  # by the confident joint

    def difference(self, matrix: Matrix) -> float | None:
        """Mean of |matrix - true| over all entries of classes with samples; None: unknown."""
        return None if self.true is None else float(np.nanmean(abs(matrix - self.true)))

    def of_diagonal(self, matrix: Matrix) -> float | None:
        """The same, over the shares of right labels alone."""
        if self.true is None:
            return None
        return float(np.nanmean(abs(matrix - self.true).diagonal()))


def transition_at(
    store: RunStore, run_id: str, epoch: int | None = None, truth: bool = True
) -> Transition | None:
    """At the newest epoch that has one, up to ``epoch`` where given; None if there is none.

    Without ``truth`` as if the true labels were unknown.
    """
    every = {*store.transition_epochs(run_id), *store.joint_epochs(run_id)}
    kept = [number for number in every if epoch is None or number <= epoch]
    if not kept:
        return None
    newest = max(kept)
    estimated, joint = store.transition(run_id, newest), store.joint(run_id, newest)
    data = store.data(store.run(run_id).data.fingerprint)
    return Transition(
        newest,
        None if estimated is None else estimated.astype(np.float64),
        None if joint is None else by_true_class(joint.astype(np.float64)),
        of_labels(data) if truth else None,
        None if joint is None else noise_rate(joint),
    )


def of_labels(data: KeptData) -> Matrix | None:
    """How often each class [K] was given each label; None where true labels are unknown."""
    if data.true_labels is None:
        return None
    known, size = data.true_labels >= 0, len(data.class_names)
    pairs = data.true_labels[known] * size + data.given_labels[known]
    counts = np.bincount(pairs, minlength=size**2).reshape(size, size).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(counts / counts.sum(1, keepdims=True))
