"""The run store: the only road from training to the screen.

SQLite holds runs and records; files hold arrays, written and synced before the row that names them.
So a record is visible whole or not at all, and a killed process loses at most the epoch in flight.

    cache/runs.sqlite
    cache/runs/<run>/arrays-<log>.bin        a row of arrays an epoch
    cache/runs/<run>/samples-<epoch>.npz     all samples: last and best epoch, where no row has them
    cache/runs/<run>/checkpoint-<epoch>.pt   last and best epoch
    cache/runs/<run>/log.txt                 what happened to it, in words
    cache/data/<fingerprint>.npz             labels; cache/data/images/: images
    cache/data/test/<fingerprint>.npz        some test images
    cache/owners/                            a lock for each process that trains
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput
from lnl.records import EpochRecord, EpochSnapshot, FeatureMap, Previews, SampleRow, UnseenRow
from lnl.runs.store.appending import append
from lnl.runs.store.array_rows import Layout, Log
from lnl.runs.store.files import read_arrays, read_checkpoint, remove_leftovers
from lnl.runs.store.history import (
    JOINT,
    TRANSITION,
    History,
    history_ids,
    previews_of,
    samples_of,
    unseen_of,
)
from lnl.runs.store.kept_data import (
    DataToKeep,
    KeptData,
    drop_data_except,
    image_file,
    keep_data,
    read_data,
)
from lnl.runs.store.kept_maps import keep_map, mapped, read_map
from lnl.runs.store.kept_test_images import UnseenImages, read_unseen, unseen_file
from lnl.runs.store.record_rows import record_of
from lnl.runs.store.run_queries import ALIVE
from lnl.runs.store.run_states import RunStates
from lnl.unwritable import told_if_unwritable


class RunStore(RunStates):
    """Runs with their epochs, in a folder: ``$LNL_CACHE`` or ``./cache`` if none is given."""

    def append(
        self, run_id: str, snapshot: EpochSnapshot, checkpoint: Mapping[str, Any] | None = None
    ) -> None:
        """Add the run's next epoch, with the state to go on from: visible whole or not at all.

        Raises StoreError if the epoch does not follow the last or its arrays do not fit the data,
        Unwritable where nothing can be written: then earlier epochs are kept.
        """
        append(self.database, self._folder(run_id), run_id, snapshot, checkpoint)

    # --- reading epochs -------------------------------------------------------------------------

    def records(
        self, run_id: str, *, histograms: bool = False, since: int = 0
    ) -> list[EpochRecord]:
        """Records of the epochs after ``since``, in order; with histograms only if asked."""
        column = "histograms" if histograms else "NULL"
        with self.database.reading() as connection:
            rows = connection.execute(
                f"SELECT scalars, {column} FROM records WHERE run_id = ? AND epoch > ?"
                " ORDER BY epoch",
                (run_id, since),
            ).fetchall()
        return [record_of(*row) for row in rows]

    def record(self, run_id: str, epoch: int) -> EpochRecord:
        """One epoch with its histograms. Raises BadInput if it is not there."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT scalars, histograms FROM records WHERE run_id = ? AND epoch = ?",
                (run_id, epoch),
            ).fetchone()
        if row is None:
            last = self.run(run_id).last_epoch
            raise BadInput(f"run {run_id} has no epoch {epoch}: its last one is {last}")
        return record_of(*row)

    def epochs(self, run_id: str) -> list[int]:
        """Epochs with a record, rising."""
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT epoch FROM records WHERE run_id = ? ORDER BY epoch", (run_id,)
            )
            return [row[0] for row in rows]

    def history(self, run_id: str) -> History:
        """What was believed of each kept sample at each kept epoch."""
        data = self.run(run_id).data
        logs = [log for log in self._logs(run_id) if "confidence" in log.layout.offsets]
        return History(history_ids(data.images, data.num_samples), logs)

    def samples(self, run_id: str, epoch: int) -> tuple[NDArray[np.int64], SampleRow]:
        """One epoch's samples with their ids: all at the last and best epoch, else those kept.

        Raises BadInput if nothing was kept of that epoch, StoreError if it is damaged.
        """
        path = self._folder(run_id) / f"samples-{epoch}.npz"
        if path.exists():
            row = samples_of(read_arrays(path))
            return np.arange(len(row.confidence), dtype=np.int64), row
        history = self.history(run_id)
        return history.ids, history.row(epoch)

    def sampled_epochs(self, run_id: str) -> list[int]:
        """Epochs that ``samples`` can give, rising."""
        files = self._folder(run_id).glob("samples-*.npz")
        whole = [int(path.stem.removeprefix("samples-")) for path in files]
        return sorted({*whole, *self.history(run_id).epochs})

    def probe_features(self, run_id: str, epoch: int) -> NDArray[np.float16] | None:
        """Features of the probe samples [P, <=50], or None if that epoch kept none."""
        row = self._row(run_id, epoch)
        return row.get("probe_features")

    def probe_epochs(self, run_id: str) -> list[int]:
        """Epochs that ``probe_features`` can give, rising."""
        return self._epochs_with("probe_features", run_id)

    def unseen(self, run_id: str, epoch: int) -> UnseenRow | None:
        """Features and predictions of some test images, or None if that epoch kept none."""
        return unseen_of(self._row(run_id, epoch))

    def unseen_epochs(self, run_id: str) -> list[int]:
        """Epochs that ``unseen`` can give, rising."""
        return self._epochs_with("test.features", run_id)

    def keep_map(self, run_id: str, found: FeatureMap) -> None:
        """Keep a map of the probe's features. Raises StoreError if the run is gone for good."""
        keep_map(self.database, run_id, found)

    def map(self, run_id: str, epoch: int) -> FeatureMap | None:
        """The map of an epoch, or None if nobody has made it yet."""
        return read_map(self.database, run_id, epoch)

    def mapped(self, run_id: str) -> dict[int, float]:
        """Epochs with a map, rising, and the largest coordinate of each."""
        return mapped(self.database, run_id)

    def previews(self, run_id: str, epoch: int) -> Previews | None:
        """Restorations of the probe images, or None if that epoch kept none."""
        return previews_of(self._row(run_id, epoch))

    def transition(self, run_id: str, epoch: int) -> NDArray[np.float32] | None:
        """The matrix [K, K] that the method had estimated by then, row = true class, if any."""
        return self._row(run_id, epoch).get(TRANSITION)

    def transition_epochs(self, run_id: str) -> list[int]:
        """Epochs with one."""
        return self._epochs_with(TRANSITION, run_id)

    def joint(self, run_id: str, epoch: int) -> NDArray[np.float32] | None:
        """The confident joint [K, K] of its predictions then, row = given label, if kept."""
        return self._row(run_id, epoch).get(JOINT)

    def joint_epochs(self, run_id: str) -> list[int]:
        """Epochs with one."""
        return self._epochs_with(JOINT, run_id)

    def checkpoint(self, run_id: str) -> dict[str, Any] | None:
        """The state after the newest epoch, or None before the first. Raises StoreError."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT checkpoint_epoch FROM runs WHERE id = ?", (run_id,)
            ).fetchone()
        if row is None or row[0] is None:
            return None
        return read_checkpoint(self._folder(run_id) / f"checkpoint-{row[0]}.pt")

    def forget_checkpoint(self, run_id: str) -> bool:
        """Let the files of a finished run's networks go; False if it may still need them."""
        return self._update(run_id, "AND status = 'done'", checkpoint_epoch=None)

    def _epochs_with(self, column: str, run_id: str) -> list[int]:
        logs = [log for log in self._logs(run_id) if column in log.layout.offsets]
        return [epoch for log in logs for epoch in log.readable]

    def _row(self, run_id: str, epoch: int) -> dict[str, NDArray[Any]]:
        log = next((log for log in self._logs(run_id) if epoch in log.epochs), None)
        return log.row(epoch) if log else {}

    def _logs(self, run_id: str) -> list[Log]:
        with self.database.reading() as connection:
            logs = connection.execute(
                "SELECT number, layout FROM logs WHERE run_id = ? ORDER BY number", (run_id,)
            ).fetchall()
            rows = connection.execute(
                "SELECT log, epoch FROM records WHERE run_id = ? AND log IS NOT NULL"
                " ORDER BY epoch",
                (run_id,),
            ).fetchall()
        folder = self._folder(run_id)
        return [
            Log(
                folder / f"arrays-{number}.bin",
                Layout.from_json(layout),
                tuple(epoch for log, epoch in rows if log == number),
            )
            for number, layout in logs
        ]

    def _folder(self, run_id: str) -> Path:
        return self.folder / "runs" / run_id

    # --- data -----------------------------------------------------------------------------------

    def keep_data(self, fingerprint: str, data: DataToKeep) -> None:
        """Keep labels and images for the pages, once for each fingerprint."""
        keep_data(self.folder / "data", fingerprint, data)

    def images_file(self, fingerprint: str) -> Path | None:
        """The file of a whole set of images; None where it is not kept."""
        path = image_file(self.folder / "data", fingerprint)
        return path if path.exists() else None

    def data(self, fingerprint: str) -> KeptData:
        """Labels and images of a run's data. Raises StoreError if they are missing or damaged."""
        return read_data(self.folder / "data", fingerprint)

    def unseen_images(self, fingerprint: str) -> UnseenImages:
        """The test images of a run's data that ``unseen`` is about. Raises StoreError."""
        return read_unseen(unseen_file(self.folder / "data", fingerprint))

    # --- trash ----------------------------------------------------------------------------------

    def trash(self, run_id: str) -> None:
        """Delete a run, stopping it first if it is alive; ``restore`` undoes it until a purge."""
        self.want(run_id, "stop")
        if not self._update(run_id, trashed=time.time()):
            raise self._unknown(run_id)

    def restore(self, run_id: str) -> None:
        """Take a run out of the trash."""
        if not self._update(run_id, trashed=None):
            raise self._unknown(run_id)

    def purge(self, older_than: float = 0.0) -> list[str]:
        """Remove for good what has been in the trash for so many seconds; the ids.

        Goes through half-written files too, those that a killed process has left. Raises
        Unwritable.
        """
        with told_if_unwritable(self.folder):
            remove_leftovers(self.folder)
        with self.database.writing() as connection:
            rows = connection.execute(
                f"DELETE FROM runs WHERE trashed <= ? AND status NOT IN {ALIVE} RETURNING id",
                (time.time() - older_than,),
            ).fetchall()
        for (run_id,) in rows:
            shutil.rmtree(self._folder(run_id), ignore_errors=True)
        everything = self.runs() + self.runs(trashed=True) if rows else []
        # not while one is alive: it may be about to keep its data
        if rows and not any(run.alive for run in everything):
            drop_data_except(self.folder / "data", {run.data.fingerprint for run in everything})
        return [row[0] for row in rows]
