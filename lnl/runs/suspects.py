"""Samples ranked by how likely their given label is wrong, as the method believed at an epoch."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lnl.errors import BadInput
from lnl.runs.store import RunStore


@dataclass(frozen=True)
class Suspect:
    """One sample; what is most suspicious comes first."""

    rank: int  # from 1
    index: int  # place in the training set
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
    epochs = store.sampled_epochs(run_id)
    if not epochs:
        raise BadInput(f"run {run_id} has no evaluated epoch yet: there is nothing to rank")
    data = store.data(store.run(run_id).data.fingerprint)
    ids, row = store.samples(run_id, epochs[-1] if epoch is None else epoch)
    # half precision ties many scores; confidence tells them apart
    order = np.lexsort((ids, row.confidence, row.clean_score))
    for rank, place in enumerate(order, start=1):
        index = int(ids[place])
        given, predicted = int(data.given_labels[index]), int(row.prediction[place])
        yield Suspect(
            rank=rank,
            index=index,
            given_label=given,
            given_class=data.class_names[given],
            predicted_label=predicted,
            predicted_class=data.class_names[predicted],
            clean_score=float(row.clean_score[place]),
            confidence=float(row.confidence[place]),
            selected=bool(row.selected[place]),
            true_label=None if data.true_labels is None else int(data.true_labels[index]),
        )


def write_csv(ranked: Iterator[Suspect], path: Path) -> int:
    """Write them as a table; the number of rows. Raises BadInput if the file cannot be written."""
    rows = [[_harmless(value) for value in vars(suspect).values()] for suspect in ranked]
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(Suspect.__annotations__)
            writer.writerows(rows)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
    return len(rows)


def _harmless(value: object) -> object:
    """A class called "=1+1" must stay a name in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value
