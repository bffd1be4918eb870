"""The manager with fake trainers: turns, wishes, failures, closing. Waits are events."""

import threading

import pytest

from lnl.errors import BadInput, RunFailed
from lnl.records import RunSpec
from lnl.runs.running.worker import Worker
from lnl.runs.store import RunStore

PATIENCE = 20


def hold(scene, method, epoch):
    """Let a batch of that epoch wait; returns (reached, go)."""
    reached, go = threading.Event(), threading.Event()

    def wait():
        reached.set()
        assert go.wait(PATIENCE)

    scene.hooks[method, epoch, 1] = wait
    return reached, go


def held(scene, method, epoch):
    """A run that waits in that epoch; returns (run, go)."""
    reached, go = hold(scene, method, epoch)
    (run,) = scene.start(method)
    assert reached.wait(PATIENCE)
    return run, go


def test_runs_of_one_start_take_turns_epoch_by_epoch(scene):
    first, second = scene.start("ce", "nl", epochs=2)
    scene.wait_for(second, "done")
    assert scene.log == [("ce", 1), ("nl", 1), ("ce", 2), ("nl", 2)]
    assert scene.store.run(first).status == "done"
    assert scene.store.run(first).group == scene.store.run(second).group
    assert scene.store.run(first).name == "CE · digits · symmetric 40 % · seed 0"
    assert scene.store.epochs(second) == [1, 2]


def test_groups_queue(scene):
    reached, go = hold(scene, "ce", 1)
    scene.start("ce", epochs=3)
    (late,) = scene.start("nl", epochs=1)
    assert reached.wait(PATIENCE)
    assert scene.store.run(late).status == "queued"
    go.set()
    scene.wait_for(late, "done")
    assert scene.log == [("ce", 1), ("ce", 2), ("ce", 3), ("nl", 1)]


def test_pause_acts_at_the_end_of_the_epoch_and_resume_goes_on(scene):
    run, go = held(scene, "ce", 2)
    scene.manager.pause(run)
    go.set()
    scene.wait_for(run, "paused")
    assert scene.log == [("ce", 1), ("ce", 2)]
    scene.manager.resume(run)
    scene.wait_for(run, "done")
    assert scene.store.epochs(run) == [1, 2, 3]


def test_one_epoch_then_paused_again(scene):
    run, go = held(scene, "ce", 1)
    scene.manager.pause(run)
    go.set()
    scene.wait_for(run, "paused")
    scene.manager.one_epoch(run)
    scene.wait_for(run, "paused")
    assert scene.log == [("ce", 1), ("ce", 2)]
    assert scene.store.wanted(run) == "pause"


def test_a_paused_group_lets_the_next_begin(scene):
    paused, go = held(scene, "ce", 1)
    scene.manager.pause(paused)
    go.set()
    (other,) = scene.start("nl", epochs=1)
    scene.wait_for(other, "done")
    assert scene.store.run(paused).status == "paused"


def test_stop_drops_the_epoch_under_way_and_resume_trains_it_again(scene):
    run, go = held(scene, "ce", 2)
    scene.manager.stop(run)
    go.set()
    scene.wait_for(run, "stopped")
    assert scene.store.epochs(run) == [1]
    assert scene.log == [("ce", 1)]
    scene.manager.resume(run)
    scene.wait_for(run, "done")
    assert scene.log == [("ce", 1), ("ce", 2), ("ce", 3)]
    assert scene.store.checkpoint(run)["epoch"] == 3


def test_stop_of_a_queued_run_is_immediate(scene):
    reached, go = hold(scene, "ce", 1)
    (first,) = scene.start("ce", epochs=1)
    (late,) = scene.start("nl")
    assert reached.wait(PATIENCE)
    scene.manager.stop(late)
    assert scene.store.run(late).status == "stopped"
    go.set()
    scene.wait_for(first, "done")
    (last,) = scene.start("ml", epochs=1)
    scene.wait_for(last, "done")
    assert ("nl", 1) not in scene.log


def test_resume_before_the_stop_was_seen(scene):
    run, go = held(scene, "ce", 2)
    scene.manager.stop(run)
    scene.manager.resume(run)
    go.set()
    scene.wait_for(run, "done")
    assert scene.log == [("ce", 1), ("ce", 2), ("ce", 3)]


def test_resume_while_the_stop_is_under_way(scene):
    run, go = held(scene, "ce", 2)
    scene.hooks["ce", "stopping"] = lambda: scene.manager.resume(run)
    scene.manager.stop(run)
    go.set()
    scene.wait_for(run, "done")
    assert scene.store.epochs(run) == [1, 2, 3]


def test_a_run_stopped_here_and_resumed_elsewhere_is_let_go(scene):
    run, go = held(scene, "ce", 1)
    scene.manager.pause(run)
    go.set()
    scene.wait_for(run, "paused")
    scene.manager.stop(run)
    other = scene.new_manager()
    scene.hooks["ce", 2, 1] = lambda: seen.append(threading.current_thread())
    seen = []
    other.resume(run)
    scene.wait_for(run, "done")
    assert scene.store.epochs(run) == [1, 2, 3]
    assert seen == [other._workers["cpu"][1]]
    assert not scene.manager._workers["cpu"][0]._active


def test_wishes_from_another_process_reach_the_run(scene):
    run, go = held(scene, "ce", 1)
    elsewhere = RunStore(scene.store.folder)
    elsewhere.want(run, "pause")
    go.set()
    scene.wait_for(run, "paused")
    elsewhere.want(run, "run")
    scene.wait_for(run, "done")
    elsewhere.close()


def test_a_failed_run_leaves_the_others_alone(scene, caplog):
    def broken():
        raise RunFailed("stage train, epoch 2: the loss is not finite")

    def bug():
        raise KeyError("weight")

    scene.hooks["ce", 2, 0] = broken
    scene.hooks["nl", 1, 0] = bug
    failed, bugged, good = scene.start("ce", "nl", "ml")
    scene.wait_for(good, "done")
    assert scene.store.run(failed).status == "failed"
    assert scene.store.run(failed).message == "stage train, epoch 2: the loss is not finite"
    assert scene.store.epochs(failed) == [1]
    assert scene.store.run(bugged).message == "KeyError: 'weight'"
    assert "Traceback" in caplog.text
    del scene.hooks["ce", 2, 0]
    scene.manager.resume(failed)
    scene.wait_for(failed, "done")
    assert scene.store.epochs(failed) == [1, 2, 3]
    assert scene.store.run(failed).message == ""


def test_preparing_that_fails_fails_the_run(scene):
    def missing():
        raise BadInput("MNIST was not found")

    scene.hooks["ce", "prepare"] = missing
    run, good = scene.start("ce", "nl", epochs=1)
    scene.wait_for(good, "done")
    assert scene.store.run(run).status == "failed"
    assert scene.store.run(run).message == "MNIST was not found"


@pytest.fixture
def stopped(scene):
    """A run that was stopped in its second epoch."""
    run, go = held(scene, "ce", 2)
    scene.manager.stop(run)
    go.set()
    scene.wait_for(run, "stopped")
    scene.store.set_status(run, "stopped", "by hand")
    return run


def missing():
    raise BadInput("MNIST was not found")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda scene, _: setattr(scene, "fingerprint", "other"), "not those the run began with"),
        (lambda scene, _: scene.hooks.update({("ce", "prepare"): missing}), "MNIST was not found"),
        (lambda scene, run: checkpoint(scene, run).unlink(), "cannot be read"),
        (lambda scene, run: forget_checkpoint(scene, run), "the checkpoint is of epoch 0"),
    ],
    ids=["other data", "no data", "damaged checkpoint", "no checkpoint"],
)
def test_a_resume_that_cannot_be_done_changes_nothing(scene, stopped, spoil, why):
    spoil(scene, stopped)
    before = scene.store.run(stopped), scene.store.standing(stopped)
    scene.manager.resume(stopped)
    scene.wait_for(stopped, "unclaimed")
    assert (scene.store.run(stopped), scene.store.standing(stopped)) == before
    assert why in scene.store.log(stopped).text
    assert scene.log == [("ce", 1)]
    (other,) = scene.start("nl", epochs=1)
    scene.wait_for(other, "done")


def checkpoint(scene, run):
    return scene.store.folder / "runs" / run / "checkpoint-1.pt"


def forget_checkpoint(scene, run):
    with scene.store.database.writing() as connection:
        connection.execute("UPDATE runs SET checkpoint_epoch = NULL WHERE id = ?", (run,))


def test_a_resumed_run_that_breaks_later_has_failed(scene, stopped):
    del scene.hooks["ce", 2, 1]
    scene.hooks["ce", 3, 1] = missing
    scene.manager.resume(stopped)
    scene.wait_for(stopped, "failed")
    assert scene.store.epochs(stopped) == [1, 2]
    assert scene.store.run(stopped).message == "MNIST was not found"


def test_bad_input_starts_nothing(scene):
    def refuse(spec):
        raise BadInput("unknown method 'xx'")

    with pytest.raises(
        BadInput, match="at most 24 runs per start, got 25: choose fewer methods or seeds"
    ):
        scene.start(*["ce"] * 25)
    scene.manager._resolve = refuse
    with pytest.raises(BadInput, match="unknown method"):
        scene.start("xx")
    assert scene.store.runs() == []


def test_the_queue_has_a_limit(scene):
    reached, go = hold(scene, "ce", 1)
    scene.start("ce", epochs=1)
    assert reached.wait(PATIENCE)
    for _ in range(20):
        scene.start("nl", epochs=1)
    with pytest.raises(BadInput, match="20 batches are already queued"):
        scene.start("nl")
    go.set()


def test_resumed_runs_take_turns_again_with_those_of_their_start(scene):
    reached, go = hold(scene, "ce", 1)
    first, second = scene.start("ce", "nl", epochs=3)
    (other,) = scene.start("ml", epochs=1)
    assert reached.wait(PATIENCE)
    scene.manager.stop(first)
    scene.manager.stop(second)
    go.set()
    scene.wait_for(other, "done")
    reached, go = hold(scene, "ce", 1)
    scene.manager.resume(first)
    assert reached.wait(PATIENCE)
    scene.start("ml", epochs=1)
    scene.manager.resume(second)
    go.set()
    scene.wait_for(second, "done")
    turns = [("ce", 1), ("ce", 2), ("nl", 1), ("ce", 3), ("nl", 2), ("nl", 3)]
    assert scene.log[:7] == [("ml", 1), *turns], "the later start waits for both"


def test_close_stops_within_a_batch_and_leaves_runs_resumable(scene):
    reached, go = hold(scene, "ce", 2)
    scene.hooks["ce", 2, 2] = lambda: pytest.fail("a batch ran after close")
    (run,) = scene.start("ce")
    (queued,) = scene.start("nl")
    assert reached.wait(PATIENCE)
    closer = threading.Thread(target=scene.manager.close)
    closer.start()
    while not scene.manager._closing.is_set():
        pass
    go.set()
    closer.join(PATIENCE)
    assert scene.store.run(run).status == "interrupted"
    assert scene.store.run(run).message == "closed after epoch 1: resume to go on"
    assert scene.store.run(queued).status == "interrupted"
    with pytest.raises(BadInput, match="closed"):
        scene.start("ce")
    del scene.hooks["ce", 2, 2]
    other = scene.new_manager()
    other.resume(run)
    scene.wait_for(run, "done")
    assert scene.store.epochs(run) == [1, 2, 3]


def test_a_second_manager_leaves_a_live_run_alone_but_can_steer_it(scene):
    run, go = held(scene, "ce", 1)
    other = scene.new_manager()
    assert scene.store.run(run).status == "running"
    with pytest.raises(BadInput, match="being trained by process"):
        scene.store.claim(run, other._own())
    other.pause(run)
    go.set()
    scene.wait_for(run, "paused")
    other.resume(run)
    scene.wait_for(run, "done")


def test_a_dead_owner_s_runs_are_found_at_start_and_resumed(scene):
    owner = scene.store.own()
    run = scene.store.create(RunSpec(method="ce", epochs=2), owner=owner.token).id
    scene.store.set_status(run, "running")
    scene.new_manager()
    assert scene.store.run(run).status == "running"
    owner.release()
    manager = scene.new_manager()
    assert scene.store.run(run).status == "interrupted"
    assert "ended after epoch 0: resume to go on" in scene.store.run(run).message
    manager.resume(run)
    scene.wait_for(run, "done")


def test_delete_stops_the_run_and_can_be_undone(scene):
    run, go = held(scene, "ce", 2)
    scene.manager.delete(run)
    assert scene.store.runs() == []
    go.set()
    scene.wait_for(run, "stopped")
    scene.store.restore(run)
    assert [r.id for r in scene.store.runs()] == [run]
    assert scene.store.epochs(run) == [1]


def test_heartbeats_and_kept_data_reach_the_store(scene):
    run, go = held(scene, "ce", 2)
    info = scene.store.run(run)
    assert (info.heartbeat.epoch, info.heartbeat.batch, info.heartbeat.batches) == (2, 1, 3)
    assert info.device == "a fake device"
    assert info.epochs == 3
    kept = scene.store.data(info.data.fingerprint)
    assert kept.given_labels.tolist() == [i % 3 for i in range(50)]
    assert kept.images_of(kept.history_ids[:2]).shape == (2, 1, 4, 4)
    go.set()
    scene.wait_for(run, "done")
    assert scene.store.run(run).heartbeat is None


def test_nothing_is_left_to_resume_when_done(scene):
    (run,) = scene.start("ce", epochs=1)
    scene.wait_for(run, "done")
    with pytest.raises(BadInput, match="finished all its epochs"):
        scene.manager.resume(run)
    with pytest.raises(BadInput, match="unknown run"):
        scene.manager.stop("nothing")


def test_a_worker_without_a_manager_can_be_steered_too(scene):
    """The command line: ``drain`` in its own thread, wishes through the store."""
    owner, closing = scene.store.own(), threading.Event()
    run = scene.store.create(RunSpec(method="ce", epochs=2), owner=owner.token).id
    scene.hooks["ce", 1, 0] = lambda: scene.store.want(run, "pause")
    worker = Worker(scene.store, owner.token, scene.prepare, closing, scene.watcher)
    worker.submit([run])
    thread = threading.Thread(target=worker.drain)
    thread.start()
    scene.wait_for(run, "paused")
    assert scene.store.epochs(run) == [1]
    scene.store.want(run, "run")
    thread.join(PATIENCE)
    assert scene.store.run(run).status == "done"
    owner.release()
