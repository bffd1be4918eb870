"""The disk fills up while runs train: they wait for room, and what they have is kept."""

import pytest

from lnl.errors import Unwritable
from lnl.records import RunSpec
from lnl.runs.running import worker
from lnl.runs.running.training_here import train_here
from lnl.runs.store.run_states import RunStates

FULL = Unwritable("the disk is full (0 MB free in /store): free some space")


def no_room(*_, **__):
    raise FULL


def test_a_run_is_interrupted_not_failed_and_goes_on_from_its_last_epoch(scene, monkeypatch):
    append = scene.store.append
    scene.hooks["ce", 2, 2] = lambda: monkeypatch.setattr(scene.store, "append", no_room)
    (run,) = scene.start("ce")
    scene.wait_for(run, "interrupted")
    assert scene.store.run(run).message == str(FULL)
    assert scene.store.epochs(run) == [1]
    assert "Traceback" not in scene.store.log(run).text
    monkeypatch.setattr(scene.store, "append", append)
    del scene.hooks["ce", 2, 2]
    scene.manager.resume(run)
    scene.wait_for(run, "done")
    assert scene.log == [("ce", 1), ("ce", 2), ("ce", 2), ("ce", 3)]


def test_that_it_ended_is_stored_as_soon_as_there_is_room(scene, monkeypatch):
    monkeypatch.setattr(worker, "AGAIN", 0.01)
    honest, left = RunStates._update, [5]

    def fill():
        monkeypatch.setattr(scene.store, "append", no_room)
        monkeypatch.setattr(RunStates, "_update", with_room_later)

    def with_room_later(store, *arguments, **values):
        left[0] -= 1
        if left[0] >= 0:
            raise FULL
        return honest(store, *arguments, **values)

    scene.hooks["ce", 2, 2] = fill
    (run,) = scene.start("ce")
    scene.wait_for(run, "interrupted")
    assert left[0] < 0
    assert scene.store.run(run).message == str(FULL)


def test_a_wish_that_cannot_be_noted_ends_no_other_run(scene, monkeypatch):
    """The thread that trains lives on, whatever it could not store."""
    granted = scene.store.epoch_granted
    scene.hooks["ce", 1, 1] = lambda: scene.manager.one_epoch(run)
    monkeypatch.setattr(scene.store, "epoch_granted", no_room)
    (run,) = scene.start("ce")
    scene.wait_for(run, 1)
    scene.manager.one_epoch(run)
    scene.wait_for(run, "interrupted")
    monkeypatch.setattr(scene.store, "epoch_granted", granted)
    (other,) = scene.start("nl")
    scene.wait_for(other, "done")


def test_a_heartbeat_without_room_is_left_out(scene, monkeypatch):
    beat = scene.store.heartbeat

    def full_while_it_trains(run_id, heartbeat):
        if heartbeat.stage != "preparing":
            raise FULL
        beat(run_id, heartbeat)

    monkeypatch.setattr(scene.store, "heartbeat", full_while_it_trains)
    (run,) = scene.start("ce")
    scene.wait_for(run, "done")


def test_a_run_of_a_command_is_interrupted_too(store, monkeypatch):
    monkeypatch.setattr(store, "append", no_room)
    with pytest.raises(Unwritable):
        train_here(store, RunSpec(limit=64, epochs=1, threads=1, device="cpu"))
    (run,) = store.runs()
    assert (run.status, run.message) == ("interrupted", str(FULL))
