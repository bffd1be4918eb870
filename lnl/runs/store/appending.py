"""Adding an epoch to a run: files first, synced, then the one row that makes them visible."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput, StoreError, Unwritable
from lnl.records import EpochRecord, EpochSnapshot
from lnl.runs.store.array_rows import Layout, write_row
from lnl.runs.store.database import Database, insert
from lnl.runs.store.files import write_arrays, write_checkpoint
from lnl.runs.store.history import arrays_of, history_ids, is_due, sample_columns
from lnl.runs.store.record_rows import record_columns
from lnl.unwritable import told_if_unwritable


@dataclass(frozen=True)
class _Place:
    """Where the next epoch of a run goes."""

    epochs: int  # of the whole schedule
    last_epoch: int
    num_samples: int  # that records are of
    ids: NDArray[np.int64]  # samples whose history is kept
    checkpoint_epoch: int | None
    best_epoch: int | None
    best_accuracy: float | None
    log: int  # the newest
    layout: str | None
    rows: int
    row_epoch: int | None


@dataclass(frozen=True)
class _Row:
    """Where an epoch's arrays were written."""

    log: int
    row: int
    layout: str


def append(
    database: Database,
    folder: Path,
    run_id: str,
    snapshot: EpochSnapshot,
    checkpoint: Mapping[str, Any] | None,
) -> None:
    """Add the next epoch of a run whose files lie in ``folder``.

    Raises StoreError if the epoch does not follow the last one or its arrays do not fit the data,
    Unwritable where the disk is full or the folder read-only; then it has left nothing behind.
    """
    epoch, samples = snapshot.record.epoch, snapshot.samples
    place = _find_place(database, run_id)
    _check(run_id, snapshot, place)
    last = place.checkpoint_epoch if checkpoint is None else epoch
    best, accuracy = _best(snapshot, place)
    try:
        with told_if_unwritable(database.path.parent):
            row = _write_row(folder, snapshot, place)
            if samples is not None and (row is None or place.num_samples > len(place.ids)):
                write_arrays(folder / f"samples-{epoch}.npz", sample_columns(samples))
            if checkpoint is not None:
                write_checkpoint(folder / f"checkpoint-{epoch}.pt", checkpoint)
            _insert(database, run_id, snapshot, row, (last, best, accuracy))
    except Unwritable:  # the room of what belongs to no epoch is needed to say so
        for path in (folder / f"samples-{epoch}.npz", folder / f"checkpoint-{epoch}.pt"):
            with suppress(OSError):
                path.unlink()
        raise
    except OSError as error:
        raise StoreError(
            f"epoch {epoch} cannot be written to {folder} ({error.strerror}): earlier epochs are "
            "kept; try to resume the run"
        ) from error
    _remove_except(folder, "checkpoint", {last, best})
    if samples is not None:
        _remove_except(folder, "samples", {epoch, best})


def _find_place(database: Database, run_id: str) -> _Place:
    with database.reading() as connection:
        run = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        log = connection.execute(
            "SELECT * FROM logs WHERE run_id = ? ORDER BY number DESC LIMIT 1", (run_id,)
        ).fetchone()
    if run is None:
        raise BadInput(f"unknown run {run_id!r}: it was deleted for good")
    data, stages = json.loads(run["data"]), json.loads(run["stages"])
    images = data.get("images_fingerprint") or data["fingerprint"]
    num_samples = data.get("recorded") or data["num_train"]
    return _Place(
        epochs=stages[-1]["last"] if stages else 0,
        last_epoch=run["last_epoch"],
        num_samples=num_samples,
        ids=history_ids(images, num_samples),
        checkpoint_epoch=run["checkpoint_epoch"],
        best_epoch=run["best_epoch"],
        best_accuracy=run["best_accuracy"],
        log=log["number"] if log else 0,
        layout=log["layout"] if log else None,
        rows=log["rows"] if log else 0,
        row_epoch=log["last_epoch"] if log else None,
    )


def _check(run_id: str, snapshot: EpochSnapshot, place: _Place) -> None:
    epoch, samples = snapshot.record.epoch, snapshot.samples
    if epoch != place.last_epoch + 1:
        raise StoreError(f"run {run_id}: epoch {epoch} cannot follow epoch {place.last_epoch}")
    if samples is not None and len(samples.confidence) != place.num_samples:
        raise StoreError(
            f"run {run_id}: values of {len(samples.confidence)} samples, but its data have "
            f"{place.num_samples}"
        )


def _write_row(folder: Path, snapshot: EpochSnapshot, place: _Place) -> _Row | None:
    arrays = arrays_of(snapshot, place.ids)
    if not arrays or not is_due(snapshot.record.epoch, place.epochs, place.row_epoch):
        return None
    layout = Layout.of(arrays)
    text = layout.to_json()
    log, row = place.log, place.rows
    if place.layout not in (None, text):  # a stage with other values begins
        log, row = log + 1, 0
    write_row(folder / f"arrays-{log}.bin", layout, row, arrays)
    return _Row(log, row, text)


def _best(snapshot: EpochSnapshot, place: _Place) -> tuple[int | None, float | None]:
    found, best = snapshot.record.test_accuracy, place.best_accuracy
    if found is not None and (best is None or found > best):
        return snapshot.record.epoch, found
    return place.best_epoch, best


def _insert(
    database: Database,
    run_id: str,
    snapshot: EpochSnapshot,
    row: _Row | None,
    state: tuple[int | None, int | None, float | None],
) -> None:
    record = snapshot.record
    stored = {
        "run_id": run_id,
        "epoch": record.epoch,
        "log": row and row.log,
        "row": row and row.row,
        **record_columns(record),
    }
    with database.writing() as connection:
        if row is not None:
            log = {"number": row.log, "layout": row.layout, "rows": row.row + 1}
            log |= {"run_id": run_id, "last_epoch": record.epoch}
            insert(connection, "logs", log, replace=True)
        insert(connection, "records", stored)
        connection.execute(
            "UPDATE runs SET last_epoch = ?, checkpoint_epoch = ?, best_epoch = ?,"
            " best_accuracy = ?, last_accuracy = coalesce(?, last_accuracy),"
            " seconds = seconds + ? WHERE id = ?",
            (record.epoch, *state, *_result(record), run_id),
        )


def _result(record: EpochRecord) -> tuple[float | None, float]:
    return record.test_accuracy, record.seconds + record.evaluation_seconds


def _remove_except(folder: Path, kind: str, epochs: set[int | None]) -> None:
    for path in folder.glob(f"{kind}-*"):
        found = re.fullmatch(rf"{kind}-(\d+)\.\w+", path.name)
        if found and int(found[1]) not in epochs:
            path.unlink(missing_ok=True)
