"""The store: records are whole or not there, and damage is contained."""

import os
import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch

from lnl.errors import StoreError, Unwritable
from lnl.runs.store import RunStore, appending


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
        with pytest.raises(Unwritable, match="the disk is full"):
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
