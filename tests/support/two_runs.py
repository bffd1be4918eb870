"""CE and SelNLPL of 20 epochs in a store, as a process would train them."""

from contextlib import contextmanager

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support import made_up

METHODS = ("ce", "selnlpl")


@contextmanager
def two_runs(folder, epochs, named="{}"):
    """The store and their ids; they seem to train, ``epochs`` of them are finished."""
    store, ids = RunStore(folder), []
    owner = store.own()
    for method in METHODS:
        info = made_up.info(method)
        run = store.create(
            RunSpec(method=method, epochs=20),
            info.data,
            info.stages,
            info.device,
            name=named.format(info.name),
            group="two",
            owner=owner.token,
        )
        for epoch in range(1, epochs + 1):
            store.append(run.id, made_up.snapshot(epoch, method))
        store.set_status(run.id, "running")
        ids.append(run.id)
    yield store, ids
    owner.release()
    store.close()
