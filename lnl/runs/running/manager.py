"""The run manager, one a process: it queues runs, trains them in threads, never blocks a page."""

from __future__ import annotations

import atexit
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from lnl.errors import BadInput, Unwritable
from lnl.records import RunSpec, Wanted
from lnl.runs.running.drive import Prepare, Trainer, Watcher
from lnl.runs.running.finding_data import with_data_found
from lnl.runs.running.worker import Worker
from lnl.runs.store import RunStore
from lnl.runs.store.owners import Owner, is_alive
from lnl.runs.store.run_rows import default_name

if TYPE_CHECKING:
    from lnl.training.resolve import ResolvedRun

MAX_RUNS = 24  # of one start: they take turns, so that all are in memory
MAX_GROUPS = 20  # that wait
KEEP_TRASH = 7 * 86_400  # seconds


def check_count(runs: int) -> None:
    """Raises BadInput if one start cannot take so many runs."""
    if not 1 <= runs <= MAX_RUNS:
        raise BadInput(
            f"at least 1 and at most {MAX_RUNS} runs per start, got {runs}: choose fewer methods "
            "or seeds, and start the others later"
        )


def _resolve(spec: RunSpec) -> ResolvedRun:
    from lnl.training.resolve import resolve  # loads torch

    return resolve(spec)


def _prepare(spec: RunSpec, scheme: int | None) -> tuple[RunSpec, Trainer]:
    from lnl.training import prepare

    return prepare(spec, scheme)


class RunManager:
    """Starts, pauses, stops, resumes and deletes runs; a daemon thread a device trains them.

    ``resolve`` refuses bad input before anything is started; ``prepare`` loads data in the worker.
    """

    def __init__(
        self,
        store: RunStore,
        *,
        prepare: Prepare = _prepare,
        resolve: Callable[[RunSpec], ResolvedRun] = _resolve,
        watcher: Watcher | None = None,
    ) -> None:
        self.store = store
        self._prepare, self._resolve = prepare, resolve
        self._watcher = watcher or Watcher()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._workers: dict[str, tuple[Worker, threading.Thread]] = {}
        self._owner: Owner | None = None
        store.sweep()
        with suppress(Unwritable):  # it can still be looked at
            store.purge(older_than=KEEP_TRASH)
        # before daemon threads are torn down: torch would abort the process in the middle of a step
        atexit.register(self.close)

    def start(self, specs: Sequence[RunSpec], names: Sequence[str] = ()) -> list[str]:
        """Queue runs that take turns; their ids, at once.

        Raises BadInput if any of them cannot be done (then none is started), for more than 24, and
        when 20 groups wait already; Unwritable where the store cannot take them.
        """
        check_count(len(specs))
        specs = [spec.with_absolute_paths() for spec in specs]
        resolved = [self._resolve(spec) for spec in specs]
        with self._lock:
            self._refuse_more()
            group = uuid.uuid4().hex[:12]
            named = names or [
                default_name(spec, told.method_title)
                for spec, told in zip(specs, resolved, strict=True)
            ]
            runs = [
                self.store.create(spec, name=name, group=group, owner=self._own())
                for spec, name in zip(specs, named, strict=True)
            ]
            devices = [told.spec.device for told in resolved]
            for device in dict.fromkeys(devices):
                ids = [run.id for run, own in zip(runs, devices, strict=True) if own == device]
                self._worker(device).submit(ids)
        return [run.id for run in runs]

    def _own(self) -> str:
        """The token of this process; its lock is taken with its first run."""
        self._owner = self._owner or self.store.own()
        return self._owner.token

    def _refuse_more(self) -> None:
        if self._closing.is_set():
            raise BadInput("the run manager is closed: start the program again")
        if sum(worker.waiting for worker, _ in self._workers.values()) >= MAX_GROUPS:
            raise BadInput(f"{MAX_GROUPS} batches are already queued: stop some, or wait")

    def _worker(self, device: str) -> Worker:
        if device not in self._workers:
            worker = Worker(self.store, self._own(), self._prepare, self._closing, self._watcher)
            thread = threading.Thread(target=worker.serve, name=f"train-{device}", daemon=True)
            self._workers[device] = worker, thread
            thread.start()
        return self._workers[device][0]

    def pause(self, run_id: str) -> None:
        """Wait after the epoch under way."""
        self._wish(run_id, "pause")

    def stop(self, run_id: str) -> None:
        """Stop at the next batch; the epoch under way is dropped, a resume trains it again."""
        self._wish(run_id, "stop")

    def resume(self, run_id: str) -> None:
        """Go on with a paused, stopped, failed or interrupted run.

        Raises BadInput if it is done or unknown, or if it cannot be done any more. If that shows
        only once its data are loaded, the run stands as before, and its log says why.
        """
        self._go_on(run_id, "run")

    def one_epoch(self, run_id: str) -> None:
        """Train one epoch more, then pause. Raises as ``resume`` does."""
        self._go_on(run_id, "one_epoch")

    def delete(self, run_id: str) -> None:
        """Stop the run and put it into the trash; ``store.restore`` takes it out again."""
        self.store.trash(run_id)
        self._wake()

    def _go_on(self, run_id: str, wanted: Wanted) -> None:
        status, _, owner = self.store.standing(run_id)
        alive = status in ("queued", "running", "paused")
        if alive and is_alive(self.store.folder / "owners", owner):
            self._wish(run_id, wanted)
            return
        run = self.store.run(run_id)
        spec = with_data_found(self.store, run)
        device = self._resolve(spec).spec.device
        with self._lock:
            self._refuse_more()
            before = self.store.claim(run_id, self._own(), wanted)
            if spec != run.spec:
                self.store.move_data(run_id, spec)
            self._worker(device).submit([run_id], {run_id: before})

    def _wish(self, run_id: str, wanted: Wanted) -> None:
        self.store.run(run_id)  # raises if there is none
        self.store.want(run_id, wanted)
        self._wake()

    def _wake(self) -> None:
        for worker, _ in list(self._workers.values()):
            worker.wake()

    def close(self, seconds: float = 5.0) -> None:
        """Stop everything within a batch; runs are left interrupted, to be resumed. Idempotent."""
        atexit.unregister(self.close)
        self._closing.set()
        self._wake()
        deadline = time.monotonic() + seconds
        for _, thread in self._workers.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        # a thread that is still busy keeps the lock until the process ends
        busy = any(thread.is_alive() for _, thread in self._workers.values())
        if self._owner and not busy:
            self._owner.release()
