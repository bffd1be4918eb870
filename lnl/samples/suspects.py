"""Samples ranked by how likely their given label is wrong, as the method believed at an epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnl import spreadsheet
from lnl.errors import BadInput
from lnl.findings import Correction, RunRecords, doubtful_correction, nothing_learned, of_a_part
from lnl.records import SampleRow
from lnl.runs.store import RunStore
from lnl.runs.store.kept_data import KeptData


@dataclass(frozen=True)
class Suspect:
    """One sample; what is most suspicious comes first."""

    rank: int  # from 1
    index: int  # place among the samples that were trained on
    row: int  # place among all training images of the data: other under a limit or a hold-out
    file: str  # where the image came from; "" where it came from arrays
    given_label: int
    given_class: str
    predicted_label: int
    predicted_class: str
    clean_score: float  # in [0, 1], low = the label is likely wrong
    confidence: float  # probability of the given label
    selected: bool  # treated as clean
    true_label: int | None  # where it is known; -1 = open-set


def suspects(store: RunStore, run_id: str, epoch: int | None = None) -> Iterator[Suspect]:
    """All samples of an epoch (the newest with values, if None), the lowest clean score first.

    Raises BadInput if nothing was kept of that epoch, StoreError if something is damaged.
    """
    data, (ids, row) = _kept(store, run_id, _epoch(store, run_id, epoch))
    score, confidence = suspicion(row)
    return listed(data, (ids, row), np.lexsort((ids, confidence, score)))


def doubts(store: RunStore, run_id: str, epoch: int | None = None) -> tuple[str, ...]:
    """What must be known before the suspects of an epoch are used. Raises as ``suspects``."""
    number = _epoch(store, run_id, epoch)
    records = RunRecords(store.run(run_id), store.records(run_id))
    return doubts_of_labels(records, number, *_kept(store, run_id, number))


def _epoch(store: RunStore, run_id: str, asked: int | None) -> int:
    epochs = store.sampled_epochs(run_id)
    if not epochs:
        raise BadInput(f"run {run_id} has no evaluated epoch yet: there is nothing to rank")
    return epochs[-1] if asked is None else asked


def _kept(
    store: RunStore, run_id: str, epoch: int
) -> tuple[KeptData, tuple[NDArray[np.int64], SampleRow]]:
    return store.data(store.run(run_id).data.fingerprint), store.samples(run_id, epoch)


def suspicion(row: SampleRow) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """What to sort by, rising: the clean score, then the confidence.

    Half precision ties many scores; confidence tells them apart.
    """
    return row.clean_score, row.confidence


def listed(
    data: KeptData, samples: tuple[NDArray[np.int64], SampleRow], places: NDArray[np.int64]
) -> Iterator[Suspect]:
    """The samples at some places of a row, in that order; without true labels if ``data`` is."""
    ids, row = samples
    for rank, place in enumerate(places, start=1):
        index = int(ids[place])
        given, predicted = int(data.given_labels[index]), int(row.prediction[place])
        yield Suspect(
            rank=rank,
            index=index,
            row=int(data.rows_of(ids[place : place + 1])[0]),
            file=data.origin(index),
            given_label=given,
            given_class=data.class_names[given],
            predicted_label=predicted,
            predicted_class=data.class_names[predicted],
            clean_score=float(row.clean_score[place]),
            confidence=float(row.confidence[place]),
            selected=bool(row.selected[place]),
            true_label=None if data.true_labels is None else int(data.true_labels[index]),
        )


def suggested(data: KeptData, samples: tuple[NDArray[np.int64], SampleRow]) -> NDArray[np.int64]:
    """A label for each sample: the given one where it is treated as clean, else the predicted."""
    ids, row = samples
    return np.where(row.selected, data.given_labels[ids], row.prediction.astype(np.int64))


def correction(data: KeptData, samples: tuple[NDArray[np.int64], SampleRow]) -> Correction:
    """What the suggested labels would change, and make of those that are wrong."""
    ids, new = samples[0], suggested(data, samples)
    old = data.given_labels[ids]
    changed = float((new != old).mean())
    if data.true_labels is None:
        return Correction(changed)
    true = data.true_labels[ids]
    return Correction(changed, float((old != true).mean()), float((new != true).mean()))


def doubts_of_labels(
    run: RunRecords, epoch: int, data: KeptData, samples: tuple[NDArray[np.int64], SampleRow]
) -> tuple[str, ...]:
    """What must be known before the suspects and the corrected labels of an epoch are used."""
    nothing = nothing_learned(run, epoch)
    worse = doubtful_correction(run, correction(data, samples), epoch)
    return tuple(filter(None, (nothing, worse, of_a_part(run.info.data))))


CORRECTED = (
    "index",
    "row",
    "file",
    "given_label",
    "given_class",
    "suggested_label",
    "suggested_class",
    "changed",
    "clean_score",
)


def corrected(data: KeptData, samples: tuple[NDArray[np.int64], SampleRow]) -> str:
    """The suggested labels as a table for a spreadsheet, in the order of the samples."""
    ids, row = samples
    given, label = data.given_labels[ids], suggested(data, samples)
    names = data.class_names
    columns = (ids, data.rows_of(ids), given, label, row.clean_score)
    lines = zip(*(column.tolist() for column in columns), strict=True)
    return spreadsheet.csv_text(
        CORRECTED,
        (
            (
                index,
                place,
                data.origin(index),
                old,
                names[old],
                new,
                names[new],
                old != new,
                f"{score:.4f}",
            )
            for index, place, old, new, score in lines
        ),
    )


def csv_text(ranked: Iterable[Suspect]) -> str:
    """A table of them for a spreadsheet."""
    return spreadsheet.csv_text(tuple(Suspect.__annotations__), (vars(s).values() for s in ranked))
