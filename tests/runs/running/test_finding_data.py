"""A run goes on where its data lie now: after a move, from another folder, in another store."""

import json
import queue
import shutil

import numpy as np
import pytest

from lnl.cli import main
from lnl.data.sources.digits import digits
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.exchange.exporting import export_run
from lnl.runs.exchange.importing import import_run
from lnl.runs.running.drive import Drive, Watcher
from lnl.runs.running.finding_data import with_data_found
from lnl.runs.running.manager import RunManager
from lnl.runs.store import RunStore
from lnl.runs.store.uploads import keep_upload
from lnl.training import prepare

OF_THE_CLOCK = {"seconds": 0, "evaluation_seconds": 0, "images_per_second": 0}


def write(path, shift=0):
    """Some digits as a file of one's own."""
    data = digits()
    pixels = data.images.pixels[:, 0].numpy() // 2 + shift
    path.parent.mkdir(exist_ok=True)
    train, test = slice(0, 96), slice(1437, 1477)
    np.savez(
        path,
        x_train=pixels[train],
        y_train=data.train.labels[:96].numpy(),
        x_test=pixels[test],
        y_test=data.test.labels[:40].numpy(),
    )
    return path


@pytest.fixture
def own(tmp_path):
    return write(tmp_path / "home" / "own.npz")


@pytest.fixture
def begun(store):
    """A run of two epochs that was stopped after its first."""

    def make(dataset, scheme=None, **more):
        spec = RunSpec(str(dataset), "symmetric", network="small-cnn", epochs=2, threads=1, **more)
        run = store.create(spec.with_absolute_paths()).id

        def prepared(spec, _):
            return prepare(spec, scheme)

        drive = Drive.open(store, run, prepared, lambda: False, Watcher())
        drive.epoch()
        store.set_status(run, "stopped")
        return run

    return make


def numbers(store, run):
    return [json.dumps({**r.scalars(), **OF_THE_CLOCK}) for r in store.records(run)]


def go_on(capsys, *words):
    code = main(["resume", *words, "--json"])
    told = capsys.readouterr()
    return code, told.err


def test_from_another_folder(begun, own, store, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(own.parent)
    run = begun("own.npz")
    assert store.run(run).spec.dataset == str(own)
    monkeypatch.chdir(tmp_path)
    assert go_on(capsys, run) == (0, "")


def test_paths_are_resolved_when_a_run_is_made(own, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    spec = RunSpec("home/own.npz", data_dir="data").with_absolute_paths()
    assert (spec.dataset, spec.data_dir) == (str(own), str(tmp_path / "data"))
    assert spec.with_absolute_paths() == spec
    assert RunSpec("digits").with_absolute_paths() == RunSpec("digits")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert RunSpec("~/home/own.npz").with_absolute_paths().dataset == str(own)


def test_the_command_keeps_an_absolute_path(own, monkeypatch, store, capsys):
    monkeypatch.chdir(own.parent)
    words = "train --dataset own.npz --network small-cnn --epochs 1 --threads 1 --json"
    assert main(words.split()) == 0
    assert store.runs()[0].spec.dataset == str(own)


def test_after_a_move_the_file_is_named_and_remembered(begun, own, store, tmp_path, capsys):
    run, whole = begun(own), begun(own)
    assert go_on(capsys, whole) == (0, "")
    moved = own.rename(tmp_path / "moved.npz")
    code, said = go_on(capsys, run)
    assert code == 2
    assert f"{str(own)!r} is not there any more" in said
    assert f"upload it on the page Data, or name it: python -m lnl resume {run} --dataset" in said
    assert store.run(run).status == "stopped"
    assert go_on(capsys, run, "--dataset", str(moved)) == (0, "")
    assert store.run(run).spec.dataset == str(moved)
    assert numbers(store, run) == numbers(store, whole)


def test_another_file_is_refused(begun, own, tmp_path, capsys, store):
    run = begun(own)
    own.unlink()
    other = write(tmp_path / "other.npz", shift=1)
    code, said = go_on(capsys, run, "--dataset", str(other))
    assert (code, said.count("\n")) == (2, 1)
    assert "does not hold the data that run" in said
    assert "96 training and 40 test images, 10 classes" in said
    assert "there is no file" in go_on(capsys, run, "--dataset", "gone.npz")[1]
    assert store.run(run).status == "stopped"


@pytest.mark.parametrize("state", ["gone", "changed"])
def test_the_uploads_are_searched_for_the_same_content(begun, own, store, state, tmp_path, capsys):
    run = begun(own)
    keep_upload(store, "a.npz", write(tmp_path / "a.npz", shift=1).read_bytes())
    keep_upload(store, "b.npz", b"nothing of the kind")
    there = keep_upload(store, "renamed.npz", own.read_bytes())
    own.unlink() if state == "gone" else write(own, shift=2)
    assert with_data_found(store, store.run(run)).dataset == str(there)
    assert go_on(capsys, run) == (0, "")
    assert store.run(run).spec.dataset == str(there)


def test_the_app_resumes_once_the_file_is_uploaded(begun, own, store):
    run, ended = begun(own), queue.Queue()
    manager = RunManager(store, watcher=Watcher(on_epoch=lambda *seen: ended.put(seen)))
    content = own.read_bytes()
    own.unlink()
    before = store.run(run), store.standing(run)
    with pytest.raises(BadInput, match="is not there any more"):
        manager.resume(run)
    assert (store.run(run), store.standing(run)) == before
    there = keep_upload(store, "own.npz", content)
    manager.resume(run)
    assert ended.get(timeout=60)[0] == run
    manager.close()
    assert store.run(run).spec.dataset == str(there)


def test_a_file_that_has_changed_is_said_so(begun, own, store):
    run = begun(own)
    write(own, shift=3)
    with pytest.raises(BadInput, match="has changed since the run began"):
        with_data_found(store, store.run(run))


def test_on_another_machine_that_has_the_file(begun, own, store, tmp_path):
    run = begun(own)
    export_run(store, run, tmp_path / "run.zip")
    other = RunStore(tmp_path / "other")
    brought = other.run(import_run(other, tmp_path / "run.zip"))
    there = shutil.move(own, tmp_path / "there.npz")
    assert with_data_found(other, brought, str(there)).dataset == str(there)
    other.close()


def test_a_data_folder_that_has_gone_is_no_more_asked_for(begun, store, tmp_path):
    run = store.create(RunSpec("mnist", data_dir=str(tmp_path / "gone")))
    assert with_data_found(store, run).data_dir is None


@pytest.mark.parametrize("method", ["ce", "rfl"])
def test_a_run_of_the_first_scheme_goes_on_as_it_began(begun, own, store, capsys, method):
    """Its fingerprint, probe and previews stay those of its version of lnl."""
    run = begun(own, scheme=1, method=method)
    before = store.run(run)
    assert (before.data.scheme, before.data.images_fingerprint) == (1, "")
    assert go_on(capsys, run) == (0, "")
    after = store.run(run)
    assert (after.status, after.data) == ("done", before.data)
    newer = begun(own, method=method)
    assert store.run(newer).data.fingerprint != before.data.fingerprint
    assert go_on(capsys, newer) == (0, "")
    assert numbers(store, run) == numbers(store, newer)
    if method == "rfl":  # the same augmentation at every epoch
        shown = [store.previews(run, epoch).augmented for epoch in (1, 2)]
        assert np.array_equal(*shown)
        assert not np.array_equal(shown[0], store.previews(newer, 1).augmented)
