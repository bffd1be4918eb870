"""A full disk and a read-only store: what is stored can be read, writing is refused in one line."""

import errno
import os
import sqlite3
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lnl import recorded, unwritable
from lnl.errors import Unwritable
from lnl.records import RunSpec
from lnl.runs.exchange.exporting import export_run
from lnl.runs.exchange.importing import import_run
from lnl.runs.running.manager import RunManager
from lnl.runs.store import RunStore, run_table
from lnl.runs.store.database import Database
from lnl.runs.store.files import write_whole
from tests.runs.conftest import make_kept

FULL = r"^the disk is full \(\d+ MB free in .+\): free some space"
READ_ONLY = "cannot be written to: what is stored there can be read"


def pages(store, most):
    """Let the database grow to so many pages; beyond, SQLite finds the disk full."""
    with store.database.reading() as connection:
        connection.execute(f"PRAGMA max_page_count = {most}")


@pytest.fixture
def read_only(monkeypatch):
    """From now on the database's file opens for reading only, as on a disk that is read-only."""
    connect = Database._connect

    def refuse(database, how):
        return connect(database, how.replace("rwc", "ro"))

    monkeypatch.setattr(Database, "_connect", refuse)


@pytest.fixture
def sealed(monkeypatch):
    """The same, where not even SQLite's files beside it can be made."""
    connect = Database._connect

    def refuse(database, how):
        if "immutable" not in how:
            sqlite3.connect("file:/nowhere/runs.sqlite?mode=ro", uri=True)
        return connect(database, how)

    monkeypatch.setattr(Database, "_connect", refuse)
    for module in (unwritable, run_table):
        monkeypatch.setattr(module, "may_write", lambda folder: False)


@pytest.fixture
def trained(store, new_run, snapshot):
    """A run of two epochs in a store that was closed properly."""
    run = new_run()
    for epoch in (1, 2):
        store.append(run, snapshot(epoch), {"epoch": epoch})
    store.keep_data("abc50", make_kept())
    store.set_status(run, "stopped")
    store.close()
    return run


@pytest.fixture
def reopened(store):
    again = RunStore(store.folder)
    yield again
    again.close()


@pytest.mark.parametrize(
    "write",
    [
        lambda file: torch.save({"weights": torch.zeros(100_000)}, file),
        lambda file: np.savez(file, weights=np.zeros(100_000)),
        lambda file: file.write(bytes(1_000_000)),
    ],
    ids=["torch", "numpy", "bytes"],
)
def test_a_file_on_a_full_disk_is_told_in_one_line(tmp_path, write):
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(Unwritable, match=FULL):
        write_whole(tmp_path / "file", lambda _: write(full))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_is_read_only_is_named(tmp_path, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(Unwritable, match=f"^{tmp_path} {READ_ONLY}"):
        write_whole(tmp_path / "file", lambda file: file.write(b"x"))


@pytest.mark.parametrize("error", [OSError(errno.EIO, "I/O error"), RuntimeError("of torch")])
def test_other_errors_stay_what_they_are(tmp_path, error):
    def fail(file):
        raise error

    with pytest.raises(type(error), match=str(error.args[-1])):
        write_whole(tmp_path / "file", fail)


@pytest.mark.parametrize("where", ["files", "database"])
def test_an_epoch_that_does_not_fit_leaves_no_trace_and_can_come_later(
    store, new_run, snapshot, monkeypatch, where
):
    run = new_run(num_train=60_000)  # more samples than have a history: files of their own
    store.append(run, snapshot(1, num_train=60_000), {"epoch": 1})
    folder = store.folder / "runs" / run
    before = {path.name for path in folder.iterdir()}

    def full(file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if where == "files":
            patch.setattr(os, "fsync", full)
        else:
            pages(store, 1)
        with pytest.raises(Unwritable, match=FULL):
            store.append(run, snapshot(2, num_train=60_000), {"epoch": 2})
    assert {path.name for path in folder.iterdir()} == before
    assert store.epochs(run) == [1]
    assert store.checkpoint(run) == {"epoch": 1}
    pages(store, 2**30)
    store.append(run, snapshot(2, num_train=60_000), {"epoch": 2})
    assert store.checkpoint(run) == {"epoch": 2}


def read(store, run):
    assert store.run(run).last_epoch == 2
    assert [record.epoch for record in store.records(run, histograms=True)] == [1, 2]
    assert store.history(run).epochs == [1, 2]
    assert store.data("abc50").class_names == ("a", "b", "c")


@pytest.mark.parametrize("how", ["read_only", "sealed"])
def test_a_store_that_cannot_be_written_is_read(trained, request, how, tmp_path, store):
    request.getfixturevalue(how)
    opened = RunStore(store.folder)
    read(opened, trained)
    assert opened.sweep() == []
    export_run(opened, trained, tmp_path / "run.zip")
    for refused in (
        lambda: opened.create(RunSpec()),
        lambda: opened.rename(trained, "another name"),
        lambda: opened.claim(trained, "somebody"),
        lambda: import_run(opened, tmp_path / "run.zip"),
    ):
        with pytest.raises(Exception, match=READ_ONLY):
            refused()
    read(opened, trained)
    opened.close()


def test_what_can_be_written_again_is_written(trained, store, request, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(unwritable, "may_write", lambda folder: False)
        patch.setattr(Database, "_connect", refusing(Database._connect))
        opened = RunStore(store.folder)
        with pytest.raises(Unwritable):
            opened.star(trained)
    opened.star(trained)
    assert opened.run(trained).starred
    opened.close()


def refusing(connect):
    return lambda database, how: connect(database, how.replace("rwc", "ro"))


def test_what_is_not_in_the_file_yet_is_not_passed_over(store, new_run, sealed):
    """A log with epochs in it, of a process that was killed: the file alone would be old news."""
    new_run()
    assert (store.folder / "runs.sqlite-wal").stat().st_size
    with pytest.raises(Unwritable):
        RunStore(store.folder)


def test_an_old_store_that_cannot_be_brought_up_to_date_says_so(trained, store, monkeypatch):
    connection = sqlite3.connect(store.folder / "runs.sqlite")
    connection.executescript("DROP TABLE maps; PRAGMA user_version = 2")
    connection.close()
    monkeypatch.setattr(Database, "_connect", refusing(Database._connect))
    with pytest.raises(Unwritable, match=f"older version .* {READ_ONLY}"):
        RunStore(store.folder)


def test_a_manager_of_such_a_store_refuses_to_train_and_nothing_else(trained, store, read_only):
    opened = RunStore(store.folder)
    manager = RunManager(opened, resolve=lambda spec: pytest.fail("too far"))
    read(opened, trained)
    told = SimpleNamespace(spec=RunSpec(device="cpu"), method_title="CE")
    manager._resolve = lambda spec: told
    with pytest.raises(Unwritable, match=READ_ONLY):
        manager.start([RunSpec()])
    with pytest.raises(Unwritable, match=READ_ONLY):
        manager.resume(trained)
    manager.close()
    assert opened.run(trained).status == "stopped"
    opened.close()


def test_it_gets_no_recorded_runs(store, monkeypatch):
    def refuse(path, exist_ok):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("pathlib.Path.touch", refuse)
    assert recorded.give(store) == []


def test_an_owner_that_cannot_be_asked_counts_as_alive(store, new_run, monkeypatch):
    owner = store.own()
    run = new_run()
    store.claim(run, owner.token)
    owner._file.close()  # as if its process had died

    def refuse(path, *_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", refuse)
        assert store.sweep() == []
    assert store.sweep() == [run]
