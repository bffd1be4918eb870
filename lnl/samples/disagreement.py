"""Samples on which runs part: one predicts the true label where the other repeats a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput
from lnl.runs.store import RunStore
from lnl.samples.at_epoch import Samples, samples_at

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Contrast:
    """The samples found, the most striking first, with what each run predicts of them."""

    ids: Ints  # [M] places in the training set
    predictions: Ints  # [R, M]
    given: Ints  # [M]
    true: Ints | None  # [M]; None: unknown, or not to be told
    among: int  # samples that were looked at
    epochs: tuple[int, ...]  # one a run: its last kept one, up to the epoch asked for


def right_and_memorised(store: RunStore, a: str, b: str, epoch: int | None = None) -> Contrast:
    """Mislabelled samples of which run ``a`` predicts the true label and ``b`` the given one.

    Raises BadInput where the runs were not trained on the same labels, where the true labels are
    unknown, or before the first kept epoch.
    """
    first, second = seen = _seen(store, (a, b), epoch, truth=True)
    wrong = first.mislabelled & (first.true >= 0)
    found = np.flatnonzero(
        wrong & (first.predicted == first.true) & (second.predicted == second.given)
    )
    sure = second.row.confidence[found].astype(np.float32) - first.row.confidence[found]
    return _contrast(seen, found[np.argsort(-sure, kind="stable")], int(wrong.sum()))


def disagreed(store: RunStore, runs: Sequence[str], epoch: int | None = None) -> Contrast:
    """Samples of which the runs predict most differently; uses no true label.

    First by the number of runs outside the largest party, then by how far apart their confidences
    in the given label are. Raises BadInput as ``right_and_memorised``, but for the true labels.
    """
    seen = _seen(store, runs, epoch, truth=False)
    predictions = np.stack([s.predicted for s in seen])
    outside = len(seen) - np.max([(predictions == p).sum(0) for p in predictions], axis=0)
    confidence = np.stack([s.row.confidence for s in seen]).astype(np.float32)
    order = np.lexsort((confidence.min(0) - confidence.max(0), -outside))
    return _contrast(seen, order[: int((outside > 0).sum())], len(order))


def _seen(store: RunStore, runs: Sequence[str], epoch: int | None, truth: bool) -> list[Samples]:
    if len({store.run(run).data.fingerprint for run in runs}) > 1:
        raise BadInput(
            "these runs were not trained on the same images with the same wrong labels: choose "
            "runs of the same data and noise seed"
        )
    found = [samples_at(store, run, epoch, truth) for run in runs]
    seen = [samples for samples in found if samples is not None]
    if len(seen) < len(runs):
        raise BadInput("one of these runs has not kept any samples up to this epoch")
    return seen


def _contrast(seen: Sequence[Samples], places: Ints, among: int) -> Contrast:
    first = seen[0]
    return Contrast(
        ids=first.ids[places],
        predictions=np.stack([samples.predicted[places] for samples in seen]),
        given=first.given[places],
        true=first.true[places] if first.known else None,
        among=among,
        epochs=tuple(samples.epoch for samples in seen),
    )
