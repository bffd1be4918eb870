"""A run trained from beginning to end in the thread that asks for it: for commands, not pages."""

from __future__ import annotations

from contextlib import suppress

from lnl.errors import Unwritable
from lnl.records import RunSpec
from lnl.runs.running.drive import Drive, Watcher
from lnl.runs.store import RunStore
from lnl.runs.store.run_rows import default_name


def train_here(store: RunStore, spec: RunSpec, message: str = "") -> str:
    """Train it and keep it, with ``message`` as its last word; its id.

    Raises BadInput, RunFailed or StoreError; what was trained until then is kept.
    """
    from lnl.training import prepare  # loads torch
    from lnl.training.resolve import resolve

    owner = store.own()
    name = default_name(spec, resolve(spec).method_title)
    run_id = store.create(spec, name=name, owner=owner.token).id
    store.set_status(run_id, "running")
    log = store.log(run_id)
    try:
        with log.hearing_warnings():
            drive = Drive.open(store, run_id, prepare, lambda: False, Watcher())
            while drive.epoch():
                continue
        store.set_status(run_id, "done", message)
    except Unwritable as error:
        with suppress(Unwritable):
            store.set_status(run_id, "interrupted", str(error))
        raise
    except BaseException as error:
        log.failed()
        store.set_status(run_id, "failed", str(error) or type(error).__name__)
        raise
    finally:
        owner.release()
    return run_id
