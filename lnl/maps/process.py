"""The process that makes maps: ``python -m lnl.maps STORE``, wishes on stdin, news on stdout.

A process of its own, of low priority and one thread: compiling UMAP must not stop the app, numba
may abort the whole process it is in, and training has the right of way. It ends with its parent:
a closed stdin is the end, also when the parent was killed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from threading import Thread

from lnl.errors import LnlError
from lnl.maps.layouts import warm_up
from lnl.maps.making import Job, Wishes, make
from lnl.runs.store import RunStore

NICENESS = 5
REST = 3.0  # while anything trains, a map that nobody waits for is followed by so much rest
Say = Callable[[dict[str, object]], None]


def main(folder: str) -> None:
    """Serve the store in ``folder`` until stdin ends."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    wishes = Wishes()
    Thread(target=_listen, args=(sys.stdin, wishes), daemon=True).start()
    store = RunStore(folder)
    try:
        warm_up(store.folder)
    except LnlError as error:
        _say({"news": "failed", "why": str(error)})
        sys.exit(1)
    _say({"news": "ready"})
    while True:
        serve(store, wishes, _say)


def serve(store: RunStore, wishes: Wishes, say: Say) -> None:
    """Make the map that is waited for, else one to fill a gap, else wait for a wish."""
    job = wishes.wanted()
    if job is not None:
        if job[1] not in store.mapped(job[0]):
            _make(store, wishes, job, say)
        return
    job = wishes.to_fill(store)
    if job is None:
        wishes.wait()
        return
    begun = time.monotonic()
    _make(store, wishes, job, say)
    if any(run.status == "running" for run in store.alive()):
        wishes.wait(REST * (time.monotonic() - begun))


def _make(store: RunStore, wishes: Wishes, job: Job, say: Say) -> None:
    run_id, epoch = job
    try:
        found = make(store, run_id, epoch)
    except Exception as error:  # the run is gone, its features are damaged: other maps can be made
        why = str(error) if isinstance(error, LnlError) else f"{type(error).__name__}: {error}"
        wishes.give_up(job)
        say({"news": "refused", "run": run_id, "epoch": epoch, "why": why})
        return
    if found is None:
        wishes.give_up(job)
    else:
        say({"news": "made", "run": run_id, "epoch": epoch})


def _say(news: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


def _listen(lines: Iterable[str], wishes: Wishes) -> None:
    for line in lines:
        wish = json.loads(line)
        wishes.add(wish["run"], wish["epoch"])
    os._exit(0)  # at once, also in the middle of a map: nothing is half-written
