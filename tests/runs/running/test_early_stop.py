"""A run that an early stop ends: done, with the epochs that it has, and so after a kill as well."""

import pytest

from lnl.findings.summary import RunSummary
from lnl.records import RunSpec
from lnl.runs.running.drive import Drive, Watcher
from lnl.training import prepare

SPEC = RunSpec(limit=300, validation=0.2, patience=1, epochs=20, threads=1)


def opened(store, run_id):
    return Drive.open(store, run_id, prepare, lambda: False, Watcher())


@pytest.fixture
def run_id(store):
    return store.create(SPEC).id


def ended(store, run_id):
    store.set_status(run_id, "done")
    run = store.run(run_id)
    assert run.ended_early
    assert run.last_epoch == run.epochs == run.stages[-1].last < run.spec.epochs == 20
    assert "early stop after epoch" in store.log(run_id).text
    return run


def test_its_schedule_ends_where_it_ended(store, run_id):
    drive = opened(store, run_id)
    while drive.epoch():
        assert store.run(run_id).epochs == 20
    run = ended(store, run_id)
    assert run.data.num_validation == 60
    summary = RunSummary.of(run_id, run.data, store.records(run_id))
    assert summary.best_validation_epoch == run.last_epoch - 1


def test_killed_after_its_last_epoch(store, run_id):
    drive = opened(store, run_id)
    while not drive.trainer.ended:
        drive._train()
    last = store.run(run_id).last_epoch
    again = opened(store, run_id)
    assert not again.epoch()
    assert ended(store, run_id).last_epoch == last


def test_a_run_that_trains_to_its_end_is_not_ended_early(store):
    run_id = store.create(RunSpec(limit=100, validation=0.2, patience=9, epochs=2, threads=1)).id
    drive = opened(store, run_id)
    while drive.epoch():
        pass
    store.set_status(run_id, "done")
    assert not store.run(run_id).ended_early
