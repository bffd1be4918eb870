"""All that is known of a run's samples at an epoch, their past included.

Of all samples whose history is kept; numpy only, tenths of a second for 50,000 over 100 epochs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput
from lnl.records import SampleRow
from lnl.runs.store import RunStore
from lnl.runs.store.history import History
from lnl.runs.store.kept_data import KeptData

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
UNKNOWN = 3  # of KeptData.groups


@dataclass(frozen=True)
class Past:
    """How each sample's prediction stood to its given label up to an epoch; arrays are [M].

    *Fitted* means: predicted as its given label.
    """

    epochs: Ints  # number of kept epochs at which it was fitted
    losses: Ints  # how often that ended
    since: Ints  # epoch at which the present stretch of being fitted began; 0: not fitted now

    @classmethod
    def of(cls, history: History, given: Ints, epoch: int) -> Past:
        """Of the samples of a history with their given labels [M], epochs after ``epoch`` apart."""
        labels = given.astype(np.uint16)
        epochs, losses, since = (np.zeros(len(labels), np.int64) for _ in range(3))
        fitted = np.zeros(len(labels), np.bool_)
        for number, prediction in history.each("prediction"):
            if number > epoch:
                break
            now = prediction == labels
            epochs += now
            losses += fitted & ~now
            since[now & ~fitted] = number
            fitted = now
        return cls(epochs, losses, np.where(fitted, since, 0))


@dataclass(frozen=True)
class Samples:
    """All that is known of a run's samples at an epoch. Arrays over samples are [M]."""

    data: KeptData  # without true labels where nobody may know them
    history: History
    epoch: int
    row: SampleRow

    @property
    def ids(self) -> Ints:
        """Places in the training set, rising."""
        return self.history.ids

    @property
    def known(self) -> bool:
        """Whether the true labels are."""
        return self.data.true_labels is not None

    @cached_property
    def given(self) -> Ints:
        """Given labels."""
        return self.data.given_labels[self.ids]

    @cached_property
    def predicted(self) -> Ints:
        """What the network predicts."""
        return self.row.prediction.astype(np.int64)

    @cached_property
    def inferred(self) -> Ints | None:
        """Labels that the method keeps of its own; None where it does not, or not of all yet."""
        own = self.row.values.get("inferred_label")
        if own is None or not np.isfinite(own).all():
            return None
        return own.astype(np.int64)

    @cached_property
    def true(self) -> Ints:
        """True labels, -1 for samples of no class. Raises BadInput where they are unknown."""
        if self.data.true_labels is None:
            raise BadInput("the true labels are unknown here, so no sample is known to be wrong")
        return self.data.true_labels[self.ids]

    @cached_property
    def mislabelled(self) -> Bools:
        """Whose given label is wrong. Raises BadInput where that is unknown."""
        wrong: Bools = self.true != self.given
        return wrong

    @cached_property
    def past(self) -> Past:
        """Up to this epoch."""
        return Past.of(self.history, self.given, self.epoch)

    def place(self, sample: int) -> int | None:
        """Where a sample of the training set stands within the arrays, if its history is kept."""
        place = int(np.searchsorted(self.ids, sample))
        return place if place < len(self.ids) and self.ids[place] == sample else None


def samples_at(
    store: RunStore, run_id: str, epoch: int | None = None, truth: bool = True
) -> Samples | None:
    """The samples at the newest kept epoch, up to ``epoch`` where given; None before the first.

    ``truth=False``: as if the true labels were unknown. Raises StoreError if something is damaged.
    """
    history = store.history(run_id)
    kept = [number for number in history.epochs if epoch is None or number <= epoch]
    if not kept:
        return None
    data = store.data(store.run(run_id).data.fingerprint)
    if not truth:
        data = replace(data, true_labels=None, groups=np.full_like(data.groups, UNKNOWN))
    return Samples(data, history, kept[-1], history.row(kept[-1]))
