"""The store: what goes in comes out, records are whole or not there, damage is contained."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.errors import BadInput, StoreError
from lnl.records import BINS, Detection, EpochRecord, Heartbeat, Previews, RunSpec
from lnl.runs import appending, history
from lnl.runs.run_rows import new_id
from lnl.runs.store import RunStore

fractions = st.floats(0, 1)
maybe = st.none() | fractions
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
counts = st.lists(st.integers(0, 2**40), min_size=BINS, max_size=BINS).map(np.array)
records = st.builds(
    EpochRecord,
    epoch=st.just(1),
    stage=names,
    seconds=fractions,
    evaluation_seconds=fractions,
    images_per_second=fractions,
    learning_rates=st.dictionaries(names, fractions, max_size=2),
    losses=st.dictionaries(names, st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    evaluated=st.booleans(),
    train_accuracy_given=maybe,
    test_accuracy=maybe,
    threshold=maybe,
    detection=st.none() | st.builds(Detection, *[fractions | st.just(float("nan"))] * 5),
    confidence=st.dictionaries(names, st.dictionaries(names, counts, max_size=2), max_size=2),
    extra=st.dictionaries(names, fractions, max_size=2),
)


def same(a, b):
    """Equal, NaN equal to NaN."""
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, EpochRecord | Detection):
        return same(vars(a), vars(b))
    return a == b or (a != a and b != b)


@settings(max_examples=25)
@given(record=records)
def test_a_record_comes_back_as_it_was(tmp_path_factory, record):
    store = RunStore(tmp_path_factory.mktemp("cache"))
    run = store.create(RunSpec()).id
    store.append(run, history.EpochSnapshot(record))
    assert same(store.record(run, 1), record)
    assert same(store.records(run, histograms=True)[0], record)
    (light,) = store.records(run)
    assert light.confidence == {}
    assert same(replace(light, confidence=record.confidence), record)
    store.close()


def test_arrays_come_back_as_they_were(store, new_run, snapshot):
    run = new_run()
    kept = [snapshot(epoch) for epoch in (1, 2, 3)]
    for each in kept:
        store.append(run, each)
    whole = store.history(run)
    assert whole.epochs == [1, 2, 3]
    for each in kept:
        epoch = each.record.epoch
        assert same(vars(whole.row(epoch)), vars(each.samples))
        assert np.array_equal(store.probe_features(run, epoch), each.probe_features)
    one = whole.sample(17)
    for name in ("confidence", "clean_score", "prediction", "selected"):
        expected = [getattr(each.samples, name)[17] for each in kept]
        assert np.array_equal(getattr(one, name), expected)
        assert getattr(one, name).dtype == getattr(kept[0].samples, name).dtype
    expected = [each.samples.values["weight"][17] for each in kept]
    assert np.array_equal(one.values["weight"], expected)


def test_previews_come_back_and_other_epochs_have_none(store, new_run, snapshot):
    run = new_run()
    images = np.random.default_rng(0).integers(0, 256, (3, 2, 1, 4, 4)).astype(np.uint8)
    store.append(run, snapshot(1))
    store.append(run, replace(snapshot(2), previews=Previews(*images)))
    assert store.previews(run, 1) is None
    assert np.array_equal(store.previews(run, 2).restored, images[2])
    assert store.history(run).epochs == [1, 2]


def test_values_of_a_later_stage_are_nan_before_it(store, new_run, snapshot):
    run = new_run()
    store.append(run, snapshot(1, values=()))
    store.append(run, snapshot(2, values=("cluster",)))
    store.append(run, snapshot(3, values=("cluster",)))
    one = store.history(run).sample(3)
    assert one.epochs.tolist() == [1, 2, 3]
    assert np.isnan(one.values["cluster"][0])
    assert not np.isnan(one.values["cluster"][1:]).any()
    assert len(one.confidence) == 3


def test_a_long_run_keeps_at_most_300_rows_and_all_samples_of_last_and_best(
    store, new_run, snapshot
):
    run = new_run(epochs=700)  # a row each ceil(700 / 300) = 3 epochs
    for epoch in range(1, 12):
        store.append(run, snapshot(epoch, test_accuracy=0.9 if epoch == 5 else 0.5))
    assert store.history(run).epochs == [1, 4, 7, 10]
    assert store.sampled_epochs(run) == [1, 4, 5, 7, 10, 11]
    ids, best = store.samples(run, 5)
    assert np.array_equal(best.confidence, snapshot(5).samples.confidence)
    assert len(ids) == 50
    with pytest.raises(BadInput, match="epochs with one"):
        store.samples(run, 6)


def test_is_due_never_keeps_more_than_300_rows_and_always_the_last():
    for epochs in (1, 299, 300, 301, 1000, 2160):
        kept, previous = [], None
        for epoch in range(1, epochs + 1):
            if history.is_due(epoch, epochs, previous):
                kept.append(epoch)
                previous = epoch
        assert len(kept) <= 301
        assert kept[-1] == epochs
        assert epochs > 300 or len(kept) == epochs


def test_history_of_many_samples_is_of_50000_chosen_by_the_fingerprint(store, new_run, snapshot):
    run = new_run(num_train=50_020)
    each = snapshot(1, num_train=50_020)
    store.append(run, each)
    ids = store.history(run).ids
    assert len(ids) == 50_000
    assert (np.diff(ids) > 0).all()
    assert np.array_equal(ids, history.history_ids.__wrapped__("abc50020", 50_020))
    assert not np.array_equal(ids, history.history_ids("other", 50_020))
    row = store.history(run).row(1)
    assert np.array_equal(row.confidence, each.samples.confidence[ids])
    everyone, all_samples = store.samples(run, 1)
    assert len(everyone) == 50_020
    assert np.array_equal(all_samples.prediction, each.samples.prediction)
    missing = np.setdiff1d(everyone, ids)[0]
    with pytest.raises(BadInput, match="not among the 50000"):
        store.history(run).sample(int(missing))


def test_checkpoints_last_and_best_are_kept_the_others_removed(store, new_run, snapshot):
    run = new_run()
    assert store.checkpoint(run) is None
    for epoch, accuracy in enumerate((0.5, 0.9, 0.6, 0.7), start=1):
        state = {"epoch": epoch, "weights": torch.full((2,), float(epoch))}
        store.append(run, snapshot(epoch, test_accuracy=accuracy), state)
    assert store.checkpoint(run)["epoch"] == 4
    kept = {path.name for path in (store.folder / "runs" / run).glob("*.pt")}
    assert kept == {"checkpoint-2.pt", "checkpoint-4.pt"}


def test_epochs_must_follow_and_arrays_must_fit(store, new_run, snapshot):
    run = new_run()
    with pytest.raises(StoreError, match="epoch 2 cannot follow epoch 0"):
        store.append(run, snapshot(2))
    with pytest.raises(StoreError, match="values of 7 samples, but its data have 50"):
        store.append(run, snapshot(1, num_train=7))
    assert store.records(run) == []


# --- whole or not at all ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "step"),
    [
        ("before", "_write_row"),
        ("after", "_write_row"),
        ("before", "write_checkpoint"),
        ("after", "write_checkpoint"),
        ("before", "_insert"),
        ("after", "insert"),  # one row of the transaction is there, the others are not
    ],
)
def test_an_append_that_breaks_leaves_nothing_behind(
    store, new_run, snapshot, monkeypatch, when, step
):
    run = new_run()
    store.append(run, snapshot(1), {"epoch": 1})
    honest = getattr(appending, step)

    def broken(*arguments, **keywords):
        if when == "after":
            honest(*arguments, **keywords)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(appending, step, broken)
        with pytest.raises((OSError, StoreError), match="No space"):
            store.append(run, snapshot(2), {"epoch": 2})
    assert store.epochs(run) == [1]
    assert store.history(run).epochs == [1]
    assert store.checkpoint(run) == {"epoch": 1}
    assert store.run(run).last_epoch == 1
    store.append(run, snapshot(2, values=("other",)), {"epoch": 2})
    store.append(run, snapshot(3, values=("other",)), {"epoch": 3})
    assert store.history(run).epochs == [1, 2, 3]
    assert np.array_equal(store.history(run).row(3).prediction, snapshot(3).samples.prediction)
    assert store.checkpoint(run) == {"epoch": 3}


def test_a_row_that_no_record_names_is_written_over(store, new_run, snapshot):
    run = new_run()
    store.append(run, snapshot(1))
    path = store.folder / "runs" / run / "arrays-0.bin"
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\xff" * (size + 100))
    assert store.history(run).epochs == [1]
    store.append(run, snapshot(2))
    assert path.stat().st_size == 2 * size
    assert np.array_equal(store.history(run).row(2).confidence, snapshot(2).samples.confidence)


def test_a_killed_writer_leaves_whole_records(tmp_path):
    """kill -9 of a child that appends as fast as it can."""
    child = f"""
import sys; sys.path[:0] = {sys.path!r}
from tests.runs.conftest import make_facts, make_snapshot
from lnl.records import RunSpec, StageSpan
from lnl.runs.store import RunStore
store = RunStore({str(tmp_path)!r})
run = store.create(RunSpec(), make_facts(), (StageSpan("train", 1, 10**6),)).id
for epoch in range(1, 10**6):
    store.append(run, make_snapshot(epoch), {{"epoch": epoch}})
    print(epoch, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if int(line) == 30:
            process.kill()
            break
    seen = 30 + len(process.stdout.read().split())
    process.wait()
    store = RunStore(tmp_path)
    (run,) = store.runs()
    assert run.last_epoch >= seen
    assert store.epochs(run.id) == list(range(1, run.last_epoch + 1))
    assert store.checkpoint(run.id) == {"epoch": run.last_epoch}
    assert len(store.records(run.id, histograms=True)) == run.last_epoch
    for epoch in store.history(run.id).epochs:
        assert store.history(run.id).row(epoch).confidence.shape == (50,)
    store.close()


def test_a_reader_beside_a_writer_sees_whole_records_only(store, new_run, snapshot):
    run = new_run(epochs=40)
    problems, seen, done = [], [], threading.Event()

    def read():
        other = RunStore(store.folder)
        while not done.is_set():
            last = other.run(run).last_epoch
            if other.epochs(run)[:last] != list(range(1, last + 1)):
                problems.append(last)
            if last:
                row = other.history(run).row(last)
                if not np.array_equal(row.confidence, snapshot(last).samples.confidence):
                    problems.append(("row", last))
                seen.append(last)
        other.close()

    reader = threading.Thread(target=read)
    reader.start()
    for epoch in range(1, 41):
        store.append(run, snapshot(epoch))
    done.set()
    reader.join()
    assert not problems
    assert seen == sorted(seen)


# --- damage -------------------------------------------------------------------------------------


def test_a_truncated_history_loses_only_what_was_cut(store, new_run, snapshot):
    run = new_run()
    for epoch in (1, 2, 3):
        store.append(run, snapshot(epoch))
    path = store.folder / "runs" / run / "arrays-0.bin"
    os.truncate(path, path.stat().st_size - 1)
    whole = store.history(run)
    assert whole.epochs == [1, 2]
    assert len(whole.sample(0).confidence) == 2
    with pytest.raises(StoreError, match="epoch 3"):
        whole.row(3)
    assert len(store.records(run, histograms=True)) == 3
    path.unlink()
    assert store.history(run).epochs == []
    assert store.history(run).sample(0).confidence.shape == (0,)


def test_damaged_files_are_said_to_be_so(store, new_run, snapshot):
    run = new_run(epochs=700)
    store.append(run, snapshot(1), {"epoch": 1})
    store.append(run, snapshot(2), {"epoch": 2})
    folder = store.folder / "runs" / run
    for name in ("samples-2.npz", "checkpoint-2.pt"):
        os.truncate(folder / name, 30)
    with pytest.raises(StoreError, match="samples-2"):
        store.samples(run, 2)
    with pytest.raises(StoreError, match=r"checkpoint-2\.pt cannot be read"):
        store.checkpoint(run)
    with pytest.raises(StoreError, match="cannot be read"):
        store.data("abc50")


def test_a_checkpoint_that_would_run_code_is_refused(store, new_run, snapshot, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "executed"),)

    run = new_run()
    store.append(run, snapshot(1), {"epoch": 1})
    torch.save({"epoch": Evil()}, store.folder / "runs" / run / "checkpoint-1.pt")
    with pytest.raises(StoreError):
        store.checkpoint(run)
    assert not (tmp_path / "executed").exists()


def test_a_damaged_run_is_left_out_of_the_list_with_its_reason(store, new_run):
    good, bad = new_run(), new_run()
    with store.database.writing() as connection:
        connection.execute("UPDATE runs SET spec = '{\"colour\": 1}' WHERE id = ?", (bad,))
    assert [run.id for run in store.runs()] == [good]
    assert bad in store.problems()[0]
    with pytest.raises(StoreError, match="damaged"):
        store.run(bad)


def test_a_store_that_is_no_database_is_said_to_be_so(tmp_path):
    (tmp_path / "runs.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(StoreError, match="Move it away"):
        RunStore(tmp_path)


def test_a_store_of_a_newer_version_is_refused(tmp_path):
    RunStore(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "runs.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="update lnl"):
        RunStore(tmp_path)


# --- runs ---------------------------------------------------------------------------------------


def test_a_run_comes_back_as_it_was(store):
    spec = RunSpec(method="selnlpl", settings={"threshold": 0.4}, noise_options={"map": "x"})
    run = store.create(spec, name="α · 40 %", group="g")
    assert store.run(run.id) == run
    assert (run.spec, run.name, run.group, run.status) == (spec, "α · 40 %", "g", "queued")
    assert store.runs() == [run]


@given(method=st.text(max_size=300), dataset=st.text(max_size=300))
def test_ids_are_safe_in_paths_and_addresses(method, dataset):
    run_id = new_id(RunSpec(method=method, dataset=dataset))
    assert len(run_id) <= 50
    assert set(run_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not run_id.startswith("-")
    assert run_id != new_id(RunSpec(method=method, dataset=dataset))


def test_version_changes_with_everything_a_page_shows(store, new_run, snapshot):
    run, other = new_run(), new_run()
    changes = [
        lambda: store.set_status(run, "running"),
        lambda: store.heartbeat(run, Heartbeat("train", 1, 2, 3, 4.0)),
        lambda: store.append(run, snapshot(1)),
        lambda: store.want(run, "pause"),
        lambda: store.rename(run, "new"),
        lambda: store.set_status(run, "failed", "why"),
        lambda: store.trash(run),
    ]
    seen, others = [store.version([run])], store.version([other])
    for change in changes:
        change()
        seen.append(store.version([run]))
        assert seen[-1] == store.version([run])
    assert len(set(seen)) == len(changes) + 1
    assert store.version([other]) == others
    assert store.version([]) == ()
    assert len(store.version()) == 1


def test_want_stops_what_waits_and_asks_what_runs(store, new_run):
    run = new_run()
    assert store.want(run, "stop")
    assert store.run(run).status == "stopped"
    assert not store.want(run, "run")
    other = new_run()
    store.set_status(other, "running")
    assert store.want(other, "stop")
    assert (store.run(other).status, store.wanted(other)) == ("running", "stop")


def test_sweep_leaves_the_living_and_marks_the_dead(store):
    living, dead = store.own(), store.own()
    runs = [store.create(RunSpec(), owner=owner.token).id for owner in (living, dead)]
    nobody = store.create(RunSpec()).id
    for run in runs:
        store.set_status(run, "running")
    assert store.sweep() == [nobody]
    dead.release()
    assert store.sweep() == [runs[1]]
    assert "resume to go on" in store.run(runs[1]).message
    assert store.sweep() == []
    living.release()


def test_an_owner_in_another_process_dies_with_it(store):
    child = f"""
import sys; sys.path[:0] = {sys.path!r}
from lnl.records import RunSpec
from lnl.runs.store import RunStore
store = RunStore({str(store.folder)!r})
owner = store.own()
print(store.create(RunSpec(), owner=owner.token).id, flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    run = process.stdout.readline().strip()
    assert store.sweep() == []
    with pytest.raises(BadInput, match=f"process {process.pid}"):
        store.claim(run, "me")
    process.kill()
    process.communicate()
    assert store.sweep() == [run]
    store.claim(run, "me")
    assert store.run(run).status == "queued"


def test_trash_can_be_undone_until_purged(store, new_run, snapshot):
    run, other = new_run(), new_run()
    for each in (run, other):
        store.append(each, snapshot(1))
        store.set_status(each, "done")
    store.trash(run)
    assert [r.id for r in store.runs()] == [other]
    assert [r.id for r in store.runs(trashed=True)] == [run]
    assert store.purge(older_than=3600) == []
    store.restore(run)
    assert len(store.runs()) == 2
    store.trash(run)
    assert store.purge() == [run]
    assert not (store.folder / "runs" / run).exists()
    with pytest.raises(BadInput, match="unknown run"):
        store.run(run)
    with pytest.raises(BadInput, match=f"Did you mean '{other}'"):
        store.run(other[:-1])
    assert store.epochs(other) == [1]


def test_names_have_limits(store, new_run):
    run = new_run()
    store.rename(run, "  two   words ")
    assert store.run(run).name == "two words"
    for bad in (" ", "x" * 201):
        with pytest.raises(BadInput, match="1 to 200 letters"):
            store.rename(run, bad)
    with pytest.raises(BadInput, match="unknown run"):
        store.rename("nothing", "x")


def test_the_folder_is_that_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("LNL_CACHE", str(tmp_path / "elsewhere"))
    store = RunStore()
    assert store.folder == tmp_path / "elsewhere"
    store.close()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="LNL_CACHE"):
        RunStore(tmp_path / "file")


def test_the_store_does_not_load_torch():
    code = (
        "import sys, json; import lnl.runs.store, lnl.runs.manager;"
        "print(json.dumps([m for m in ('torch', 'streamlit', 'pandas') if m in sys.modules]))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment, check=True
    )
    assert json.loads(out.stdout) == []
