"""One run while it trains: from its trainer into the store, and wishes from the store to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from lnl.errors import BadInput, Unwritable
from lnl.records import EpochRecord, EpochSnapshot, Heartbeat, RunInfo, RunSpec, StageSpan
from lnl.runs.store import RunStore
from lnl.runs.store.kept_data import DataToKeep, WholeSet
from lnl.runs.store.kept_test_images import UnseenImages
from lnl.runs.store.pictures import picked


class Trainer(Protocol):
    """What a run needs of ``lnl.training.Trainer``: each ``next`` trains one epoch."""

    data: Any  # NoisyData
    recorded: Any  # [S] int64, the training samples that records are of; None: all
    rows: Any  # those samples' in the image set, a range or int64 [S]
    probe: Any  # [P] int64
    test_probe: Any  # [T] int64
    stages: tuple[StageSpan, ...]
    finished: int
    on_batch: Callable[[Heartbeat], None]
    should_stop: Callable[[], bool]

    @property
    def device_title(self) -> str:
        """For the screen."""

    def __next__(self) -> EpochSnapshot:
        """Train the next epoch."""

    @property
    def ended(self) -> bool:
        """Whether nothing is left to train: the schedule is at its end, or an early stop."""

    def checkpoint(self) -> dict[str, Any]:
        """The state after the last finished epoch."""

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Go on from there."""


Prepare = Callable[[RunSpec, int | None], tuple[RunSpec, Trainer]]  # scheme of the fingerprints


@dataclass(frozen=True)
class Watcher:
    """What to call while a run trains, and how often the store is asked and told (seconds)."""

    on_batch: Callable[[str, Heartbeat], None] = lambda run_id, beat: None
    on_epoch: Callable[[str, EpochRecord], None] = lambda run_id, record: None
    poll: float = 0.1
    beat: float = 1.0


def take_up(store: RunStore, run: RunInfo, trainer: Trainer) -> None:
    """Bring a trainer to where its run stands; nothing of the run is changed.

    Raises BadInput if the run cannot go on, StoreError if its checkpoint is damaged.
    """
    if run.data.fingerprint not in ("", trainer.data.facts.fingerprint):
        raise BadInput(
            f"the data are not those the run began with ({run.data.title}): "
            "bring the old files back, or start a new run"
        )
    checkpoint = store.checkpoint(run.id)
    if checkpoint is not None:
        trainer.restore(checkpoint)
    if trainer.finished != run.last_epoch:
        raise BadInput(
            f"the checkpoint is of epoch {trainer.finished}, the last record of epoch "
            f"{run.last_epoch}: the run cannot go on, start it again from the beginning"
        )


def _to_keep(trainer: Trainer) -> DataToKeep:
    """What pages will know of the samples that records are of."""
    data, recorded = trainer.data, trainer.recorded
    images, true, test = data.images, data.true_labels, data.test
    rows = trainer.rows if isinstance(trainer.rows, range) else trainer.rows.numpy()
    test_rows = test.rows if isinstance(test.rows, range) else test.rows.numpy()

    def of_recorded(values: Any) -> Any:
        return values.numpy() if recorded is None else values.numpy()[recorded]

    stretch, scattered = (rows, None) if isinstance(rows, range) else (None, rows)
    return DataToKeep(
        given_labels=of_recorded(data.given_labels),
        true_labels=None if true is None else of_recorded(true),
        groups=of_recorded(data.groups),
        class_names=data.class_names,
        probe=trainer.probe,
        images=picked(images.pictures, rows),
        unseen=UnseenImages.of(
            picked(images.pictures, test_rows), test.labels.numpy(), trainer.test_probe
        ),
        images_fingerprint=data.facts.images,
        whole=WholeSet(images.fingerprint, images.pictures, stretch, images.file),
        origins=tuple(images.ids[place] for place in rows) if images.ids else (),
        rows=scattered,
    )


@dataclass
class Drive:
    """A prepared run. ``closing`` says whether the whole program wants to end."""

    store: RunStore
    run_id: str
    trainer: Trainer
    closing: Callable[[], bool]
    watcher: Watcher
    _kept: Future[None] | None = None
    _polled: float = field(default=0.0)
    _beaten: float = field(default=0.0)

    @classmethod
    def open(
        cls,
        store: RunStore,
        run_id: str,
        prepare: Prepare,
        closing: Callable[[], bool],
        watcher: Watcher,
    ) -> Drive:
        """Load data, make the trainer and bring it to where the run stands.

        Raises BadInput, RunFailed or StoreError if that cannot be done.
        """
        run = store.run(run_id)
        store.heartbeat(run_id, Heartbeat("preparing", run.last_epoch + 1, 0, 0, time.time()))
        spec, trainer = prepare(run.spec, run.scheme)
        take_up(store, run, trainer)
        store.describe(run_id, spec, trainer.data.facts, trainer.stages, trainer.device_title)
        drive = cls(store, run_id, trainer, closing, watcher)
        trainer.on_batch, trainer.should_stop = drive._on_batch, drive._should_stop
        drive._keep_data()
        return drive

    def epoch(self) -> bool:
        """Train one epoch and store it; whether any are left."""
        if not self.trainer.ended:
            self._train()
        if not self.trainer.ended:
            return True
        self._end_early()
        return False

    def _train(self) -> None:
        for stage in self.trainer.stages:
            if stage.first == self.trainer.finished + 1:
                told = f"stage {stage.name}: epochs {stage.first} to {stage.last}"
                self.store.log(self.run_id).say(told)
        snapshot = next(self.trainer)
        if self._kept:
            self._kept.result()
            self._kept = None
        self.store.append(self.run_id, snapshot, self.trainer.checkpoint())
        self.watcher.on_epoch(self.run_id, snapshot.record)

    def _end_early(self) -> None:
        """After an early stop the last stage is as long as it has been: no epochs are to come."""
        trainer, finished = self.trainer, self.trainer.finished
        *before, last = trainer.stages
        if finished == last.last:
            return
        stages = (*before, replace(last, last=finished))
        spec, facts = self.store.run(self.run_id).spec, trainer.data.facts
        self.store.describe(self.run_id, spec, facts, stages, trainer.device_title)
        self.store.log(self.run_id).say(
            f"early stop after epoch {finished}: no better validation accuracy for "
            f"{spec.patience} epochs"
        )

    def _keep_data(self) -> None:
        kept = _to_keep(self.trainer)
        # beside the first epoch: writing all images takes as long as a small epoch
        with_thread = ThreadPoolExecutor(1, "keep-data")
        self._kept = with_thread.submit(self._keep, kept)
        with_thread.shutdown(wait=False)

    def _keep(self, kept: DataToKeep) -> None:
        """The pages' file of all images is the trainer's too: one copy in memory for both."""
        data = self.trainer.data
        self.store.keep_data(data.fingerprint, kept)
        file = self.store.images_file(data.images.fingerprint)
        if file is not None:
            with suppress(OSError, ValueError):  # what cannot be mapped stays in memory
                data.images.map(file)

    def _should_stop(self) -> bool:
        if self.closing():
            return True
        now = time.monotonic()
        if now - self._polled < self.watcher.poll:
            return False
        self._polled = now
        return self.store.wanted(self.run_id) == "stop"

    def _on_batch(self, beat: Heartbeat) -> None:
        self.watcher.on_batch(self.run_id, beat)
        now = time.monotonic()
        if now - self._beaten >= self.watcher.beat:
            self._beaten = now
            with suppress(Unwritable):  # whether an epoch can be kept shows at its end
                self.store.heartbeat(self.run_id, beat)
