"""Runs of one device take turns, epoch by epoch; groups of runs wait for each other."""

from __future__ import annotations

import gc
import logging
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from lnl.errors import LnlError, Unwritable
from lnl.records import Status
from lnl.runs.running.drive import Drive, Prepare, Watcher
from lnl.runs.store import RunStore
from lnl.runs.store.run_states import Unclaimed

log = logging.getLogger(__name__)
IDLE = 0.1  # seconds between looks at the wishes for paused runs, maybe from another process
AGAIN = 1.0  # seconds until a full store is tried again

Ending = tuple[Status, str]  # with its message


@dataclass
class Worker:
    """Drives runs of one owner in the thread that calls ``serve`` or ``drain``."""

    store: RunStore
    owner: str
    prepare: Prepare
    closing: threading.Event
    watcher: Watcher = field(default_factory=Watcher)
    _active: dict[str, Drive | None] = field(default_factory=dict)  # None: not prepared yet
    _queue: deque[Sequence[str]] = field(default_factory=deque)
    _awake: threading.Event = field(default_factory=threading.Event)
    _before: dict[str, Unclaimed] = field(default_factory=dict)  # of resumed ones, until prepared
    # how runs ended, while the disk has no room for it
    _unsaid: dict[str, Ending | Unclaimed] = field(default_factory=dict)

    def submit(self, run_ids: Sequence[str], before: Mapping[str, Unclaimed] | None = None) -> None:
        """Queue a group of runs that belong to this owner; how resumed ones stood ``before``."""
        self._before |= before or {}
        self._queue.append(run_ids)
        self._awake.set()

    @property
    def waiting(self) -> int:
        """Groups that have not begun."""
        return len(self._queue)

    def ending(self, run_id: str) -> Ending | None:
        """How a run ended, where that could not be stored yet."""
        ended = self._unsaid.get(run_id)
        return None if isinstance(ended, Unclaimed) else ended

    def wake(self) -> None:
        """Look at the wishes now."""
        self._awake.set()

    def serve(self) -> None:
        """Train until ``closing`` is set."""
        while not self.closing.is_set():
            self._round()
        self._interrupt()

    def drain(self) -> None:
        """Train until nothing is left to do, or until ``closing`` is set."""
        while not self.closing.is_set() and (self._active or self._queue):
            self._round()
        self._interrupt()

    def _round(self) -> None:
        """One turn of each active run; the next group begins when none of them can go on."""
        self._say_unsaid()
        self._join()
        turns = [self._turn(run_id) for run_id in list(self._active)]
        if any(turns):
            return
        if self._queue:
            self._active |= dict.fromkeys(self._queue.popleft())
            return
        self._awake.wait(IDLE if self._active else AGAIN if self._unsaid else None)
        self._awake.clear()

    def _join(self) -> None:
        """What is resumed takes turns again with the runs that it was started with."""
        if not (self._queue and self._active):
            return
        active = {self.store.run(run_id).group for run_id in self._active}
        for run_ids in list(self._queue):
            if {self.store.run(run_id).group for run_id in run_ids} <= active:
                self._queue.remove(run_ids)
                self._active |= dict.fromkeys(run_ids)

    def _turn(self, run_id: str) -> bool:
        """Do what is wanted of a run; whether it has trained."""
        try:
            return self._take_turn(run_id)
        except Unwritable as error:
            self._end(run_id, "interrupted", str(error))
            return False

    def _take_turn(self, run_id: str) -> bool:
        status, wanted, owner = self.store.standing(run_id)
        if self.closing.is_set():
            return False
        if owner != self.owner:  # stopped while it waited
            self._drop(run_id)
            return False
        if wanted == "stop":
            self._end(run_id, "stopped")
            return False
        if wanted == "pause":
            self.store.set_status(run_id, "paused", only_from=("queued", "running"))
            return False
        if status != "running" and not self.store.set_status(
            run_id, "running", only_from=("queued", "paused")
        ):
            return False
        self._train(run_id)
        if wanted == "one_epoch":
            self.store.epoch_granted(run_id)
        return True

    def _train(self, run_id: str) -> None:
        ended = self._attempt(run_id)
        # no exception is alive here: its traceback would keep the tensors alive
        if isinstance(ended, Unclaimed):
            self._close(run_id, ended)
        elif ended:
            self._end(run_id, *ended)

    def _attempt(self, run_id: str) -> Ending | Unclaimed | None:
        """Train an epoch; how the run ended or stands again, None if it goes on."""
        from lnl.training import Stopped  # loads torch, in the worker's own time

        own_log = self.store.log(run_id)
        try:
            with own_log.hearing_warnings():
                drive = self._active[run_id] or Drive.open(
                    self.store, run_id, self.prepare, self.closing.is_set, self.watcher
                )
                self._active[run_id] = drive
                self._before.pop(run_id, None)
                return None if drive.epoch() else ("done", "")
        except Stopped:
            return "stopped", ""
        except LnlError as error:
            if run_id in self._before:  # nothing was trained: it stays as it was
                own_log.say(f"not resumed: {error}")
                return self._before[run_id]
            if isinstance(error, Unwritable):  # nothing is wrong with the run
                return "interrupted", str(error)
            own_log.failed()
            return "failed", str(error)
        except Exception as error:  # one broken run must not end the others
            own_log.failed()
            log.exception("run %s failed", run_id)
            return "failed", f"{type(error).__name__}: {error}"

    def _end(self, run_id: str, status: Status, message: str = "") -> None:
        if status == "stopped" and self.closing.is_set():
            return  # _interrupt says why
        if status == "stopped" and self.store.wanted(run_id) != "stop":
            self.store.set_status(run_id, "queued")  # resumed while the stop was under way
            self._active[run_id] = None
            return
        self._close(run_id, (status, message))

    def _close(self, run_id: str, ended: Ending | Unclaimed) -> None:
        self._drop(run_id)
        self._unsaid[run_id] = ended
        self._say_unsaid()

    def _say_unsaid(self) -> None:
        """Store how runs ended, as soon as the disk has room for it."""
        for run_id, ended in list(self._unsaid.items()):
            with suppress(Unwritable):
                if isinstance(ended, Unclaimed):
                    self.store.unclaim(run_id, self.owner, ended)
                elif self.store.standing(run_id)[2] == self.owner:
                    self.store.set_status(run_id, *ended)
                del self._unsaid[run_id]

    def _drop(self, run_id: str) -> None:
        self._active.pop(run_id, None)
        self._before.pop(run_id, None)
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _interrupt(self) -> None:
        for run_id in [*self._active, *(run_id for group in self._queue for run_id in group)]:
            epoch = self.store.run(run_id).last_epoch
            with suppress(Unwritable):  # whoever opens the store next will find it so
                self.store.set_status(
                    run_id,
                    "interrupted",
                    f"closed after epoch {epoch}: resume to go on",
                    only_from=("queued", "running", "paused"),
                )
        self._active.clear()
        self._queue.clear()
