"""The labels of a run's samples at an epoch: given, true, and what the run takes them for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lnl.runs.store import RunStore

Source = Literal["predicted", "inferred"]


@dataclass(frozen=True)
class SampleLabels:
    """The labels of the samples kept of an epoch; arrays are [M]."""

    epoch: int  # the one found
    given: NDArray[np.int64]
    true: NDArray[np.int64] | None  # -1 = open-set; None: unknown
    found: NDArray[np.int64]
    source: Source  # a method that keeps labels of its own is asked for these


def sample_labels(store: RunStore, run_id: str, epoch: int | None = None) -> SampleLabels | None:
    """At the last epoch with samples, up to ``epoch`` where given; None where there is none.

    Raises StoreError if the data or the samples are damaged.
    """
    kept = [e for e in store.sampled_epochs(run_id) if epoch is None or e <= epoch]
    if not kept:
        return None
    ids, row = store.samples(run_id, kept[-1])
    data = store.data(store.run(run_id).data.fingerprint)
    own = row.values.get("inferred_label")
    found = row.prediction if own is None or not np.isfinite(own).all() else own
    return SampleLabels(
        epoch=kept[-1],
        given=data.given_labels[ids],
        true=None if data.true_labels is None else data.true_labels[ids],
        found=found.astype(np.int64),
        source="predicted" if found is row.prediction else "inferred",
    )
