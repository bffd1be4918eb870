"""Disk use is counted right, and a clean-up takes nothing that anybody still needs."""

import pytest
import torch

from lnl.errors import BadInput
from lnl.paths import cache_of_features, cache_of_named, cache_of_own
from lnl.runs.store.disk import can_go, disk_use, drop_checkpoints, drop_remade

STATUSES = ("queued", "running", "paused", "stopped", "done", "failed", "interrupted")
UNFINISHED = [status for status in STATUSES if status != "done"]


@pytest.fixture
def run_of(store, new_run, snapshot):
    """A run with two epochs and their checkpoints, in any status."""

    def make(status):
        run_id = new_run()
        for epoch in (1, 2):
            store.append(run_id, snapshot(epoch), {"weights": torch.zeros(5000)})
        store.set_status(run_id, status)
        return run_id

    return make


def files_of(store, run_id, pattern="*"):
    return sorted((store.folder / "runs" / run_id).glob(pattern))


def test_an_empty_store_takes_its_database_alone(store):
    use = disk_use(store)
    assert use.runs == {}
    assert use.total == use.database > 0
    assert use.free > 0
    assert use.of("nobody").total == 0


def test_every_file_is_counted_once(store, run_of, tmp_path):
    run_id, other = run_of("done"), run_of("stopped")
    images = store.folder / "data" / "images"
    images.mkdir(parents=True)
    (store.folder / "data" / "f.npz").write_bytes(b"1" * 30)
    (images / "i.npy").write_bytes(b"1" * 500)
    for folder, size in ((cache_of_own(), 7000), (cache_of_features(), 40), (cache_of_named(), 60)):
        (folder / "a-set").mkdir(parents=True)
        (folder / "a-set" / "pixels.npy").write_bytes(b"1" * size)
    use = disk_use(store)
    assert (use.data, use.own, use.remade) == (530, 7000, {"features": 40, "sets": 60})
    for each in (run_id, other):
        sizes = [path.stat().st_size for path in files_of(store, each)]
        of_networks = [path.stat().st_size for path in files_of(store, each, "checkpoint-*")]
        assert use.of(each).total == sum(sizes)
        assert use.of(each).checkpoints == sum(of_networks) > 20_000
    everything = [p for p in store.folder.rglob("*") if p.is_file() and "owners" not in p.parts]
    assert use.total == sum(path.stat().st_size for path in everything)


def test_only_networks_of_finished_runs_can_go_and_only_deleted_runs(store, run_of):
    runs = {status: run_of(status) for status in STATUSES}
    deleted, dying = run_of("stopped"), run_of("running")
    store.trash(deleted)
    store.trash(dying)
    found = can_go(store)
    assert found.checkpoints == {runs["done"]: disk_use(store).of(runs["done"]).checkpoints}
    assert list(found.deleted) == [deleted], "the other is still being trained"
    assert found.checkpoint_bytes == sum(found.checkpoints.values())
    assert found.deleted_bytes == disk_use(store).of(deleted).total > 0


def test_dropping_frees_what_was_said_and_keeps_every_result(store, run_of):
    run_id = run_of("done")
    before = disk_use(store)
    promised = can_go(store).checkpoint_bytes
    records = store.records(run_id, histograms=True)
    assert drop_checkpoints(store, [run_id]) == promised
    after = disk_use(store)
    assert before.of(run_id).total - after.of(run_id).total == promised
    assert files_of(store, run_id, "checkpoint-*") == []
    assert store.checkpoint(run_id) is None
    assert len(store.records(run_id)) == len(records) == 2
    assert store.history(run_id).epochs == [1, 2]
    assert can_go(store).checkpoints == {}


@pytest.mark.parametrize("status", UNFINISHED)
def test_what_resume_needs_is_never_dropped(store, run_of, status):
    run_id = run_of(status)
    files = files_of(store, run_id)
    with pytest.raises(BadInput, match="has not finished"):
        drop_checkpoints(store, [run_id])
    assert files_of(store, run_id) == files
    assert store.checkpoint(run_id)["weights"].shape == (5000,)


def test_a_run_that_lives_on_between_plan_and_deed_is_spared(store, run_of):
    run_id = run_of("stopped")
    store.trash(run_id)
    assert list(can_go(store).deleted) == [run_id]
    store.restore(run_id)
    assert store.purge() == []
    assert files_of(store, run_id)


def test_purging_leaves_data_alone_while_a_run_may_be_about_to_keep_its_own(store, run_of):
    gone, alive = run_of("done"), run_of("running")
    labels = store.folder / "data" / "new.npz"
    labels.parent.mkdir(exist_ok=True)
    labels.write_bytes(b"1")
    store.trash(gone)
    assert store.purge() == [gone]
    assert labels.exists()
    store.set_status(alive, "done")
    store.trash(alive)
    store.purge()
    assert not labels.exists()


@pytest.mark.parametrize("status", ["running", "paused", "done"])
def test_what_is_made_again_goes_unless_a_run_may_be_reading_it(store, run_of, status):
    run_of(status)
    for folder in (cache_of_own(), cache_of_features(), cache_of_named()):
        folder.mkdir()
        (folder / "pixels.npy").write_bytes(b"1" * 50)
    if status == "done":
        assert drop_remade(store, "features") == 50
        assert drop_remade(store, "features") == 0
    else:
        with pytest.raises(BadInput, match="under way"):
            drop_remade(store, "features")
    left = disk_use(store)
    assert left.remade == {"features": 0 if status == "done" else 50, "sets": 50}
    assert left.own == 50
