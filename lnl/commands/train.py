"""``train`` and ``resume``: one run, kept in the store that the app reads and steers it from."""

from __future__ import annotations

import signal
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from lnl.commands.arguments import spec_of
from lnl.commands.output import Report, complain, note
from lnl.commands.own_images import imported
from lnl.commands.streams import nobody_need_listen
from lnl.commands.told import tell
from lnl.findings.summary import RunSummary
from lnl.records import RunInfo
from lnl.runs.running.drive import Prepare, take_up
from lnl.runs.running.finding_data import with_data_found
from lnl.runs.running.worker import Worker
from lnl.runs.store import RunStore
from lnl.runs.store.owners import Owner
from lnl.runs.store.run_rows import default_name


def train(arguments: Namespace) -> int:
    """Train one run and keep it in the store that the app reads."""
    if arguments.help:
        print(arguments.usage())
        return tell(spec_of(arguments))
    from lnl.training import prepare
    from lnl.training.resolve import resolve

    # bad input ends here: nothing is kept of it
    wanted = spec_of(arguments).with_absolute_paths()
    prepared = spec, trainer = prepare(imported(wanted))
    for told in trainer.data.notes:
        note(told)
    store = RunStore()
    owner = store.own()
    name = default_name(spec, resolve(spec).method_title)
    run = store.create(
        spec,
        trainer.data.facts,
        trainer.stages,
        trainer.device_title,
        name=name,
        owner=owner.token,
    )
    return _drive(store, owner, run, lambda *_: prepared, arguments.json)


def resume(arguments: Namespace) -> int:
    """Go on with a run from its last finished epoch."""
    from lnl.training import prepare

    store = RunStore()
    store.sweep()
    run = store.run(arguments.run)
    store.claimable(run.id)
    spec = with_data_found(store, run, arguments.dataset)
    prepared = prepare(spec, run.scheme)
    take_up(store, run, prepared[1])  # what cannot go on ends here: nothing of it is changed
    owner = store.own()
    store.claim(run.id, owner.token)
    return _drive(store, owner, run, lambda *_: prepared, arguments.json)


@nobody_need_listen()
def _drive(store: RunStore, owner: Owner, run: RunInfo, prepare: Prepare, as_json: bool) -> int:
    report, closing = Report(run, as_json), threading.Event()
    worker = Worker(store, owner.token, prepare, closing, report.watcher)
    worker.submit([run.id])
    with _signals(closing) as received:
        worker.drain()
    owner.release()
    ended = store.run(run.id)
    if ended.status == "done":
        report.done(RunSummary.of(run.id, ended.data, store.records(run.id)), ended.data)
        return 0
    report.close()
    status, message = worker.ending(run.id) or (ended.status, ended.message)
    if status == "failed":
        return complain(f"run {run.id} failed: {message}", 1)
    why = f": {message}" if status == "interrupted" and not received else ""
    complain(
        f"run {run.id} was stopped after epoch {ended.last_epoch}{why}; "
        f"go on with: python -m lnl resume {run.id}",
        1,
    )
    return 128 + received[0] if received else 1


@contextmanager
def _signals(closing: threading.Event) -> Iterator[list[int]]:
    """Ctrl-C and SIGTERM end the run within a batch; a second one ends the process at once."""
    received: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        received.append(number)
        closing.set()
        for each, handler in zip(numbers, before, strict=True):
            signal.signal(each, handler)

    before = [signal.getsignal(number) for number in numbers]
    for number in numbers:
        signal.signal(number, stop)
    try:
        yield received
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
