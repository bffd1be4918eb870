"""Runs on own images: what is kept of them, and how they go on."""

import csv
import io
import shutil
from dataclasses import replace

import numpy as np
import pytest

from lnl import jpegs
from lnl.cli import main
from lnl.data import load_data, noisy_data
from lnl.data.own.own_source import source_at
from lnl.data.own.prepared import remove
from lnl.errors import BadInput
from lnl.paths import cache_of_own
from lnl.records import RunSpec
from lnl.runs.exchange.exporting import export_run
from lnl.runs.exchange.importing import import_run
from lnl.runs.running.drive import Drive, Watcher
from lnl.runs.running.finding_data import with_data_found
from lnl.runs.store import RunStore, kept_data
from lnl.samples.suspects import corrected, suspects
from lnl.training import prepare
from tests.support.photos import Photos


@pytest.fixture
def photos(tmp_path):
    return Photos(tmp_path / "photos").classes("a", "b", images=20)


def began(store, photos, **options):
    """A run of two epochs on the photos that was stopped after its first."""
    spec = RunSpec(source_at(photos.folder).name, "none", network="small-cnn", epochs=2, threads=1)
    run = store.create(replace(spec, **options)).id
    drive = Drive.open(store, run, lambda s, _: prepare(s), lambda: False, Watcher())
    drive.epoch()
    store.set_status(run, "stopped")
    return run


@pytest.fixture
def begun(store, photos):
    return began(store, photos)


def test_pages_map_the_file_that_training_maps(store, begun, monkeypatch):
    run = store.run(begun)
    prepared = cache_of_own() / run.spec.dataset / "pixels.npy"
    kept = store.images_file(run.data.images_fingerprint)
    assert kept.samefile(prepared)
    data = store.data(run.data.fingerprint)
    assert len(data.images) == 32
    assert data.origins[0] == "a/0.png"
    remove(cache_of_own(), run.spec.dataset)
    assert len(store.data(run.data.fingerprint).images) == 32


def test_without_links_the_images_are_copied_as_before(store, photos, monkeypatch):
    monkeypatch.setattr("pathlib.Path.hardlink_to", lambda *_: _refused())
    spec = RunSpec(source_at(photos.folder).name, "none", network="small-cnn", epochs=1, threads=1)
    run = store.create(spec).id
    drive = Drive.open(store, run, lambda s, _: prepare(s), lambda: False, Watcher())
    drive.epoch()
    kept = store.images_file(store.run(run).data.images_fingerprint)
    assert not kept.samefile(cache_of_own() / spec.dataset / "pixels.npy")


def test_of_some_of_the_images_the_same_file_is_shown(store, photos):
    data = store.data(store.run(began(store, photos, limit=6)).data.fingerprint)
    whole = load_data(source_at(photos.folder).name)
    assert len(data.images) == len(data.rows) == 6
    assert np.array_equal(data.images_of(np.array([1, 4])), whole.train_images[data.rows[[1, 4]]])


def test_pages_read_the_jpegs_that_training_reads(store, photos, monkeypatch, tmp_path):
    monkeypatch.setattr(jpegs, "MAPPED", 1000)
    run = store.run(began(store, photos))
    name, fingerprint = run.spec.dataset, run.data.fingerprint
    seen = load_data(name).train_images.numpy().astype(int)
    remove(cache_of_own(), name)
    data = store.data(fingerprint)
    assert data.images.shape == (32, 3, 12, 12)
    assert np.abs(data.images_of(np.arange(32)).astype(int) - seen).max() < 6
    assert store.unseen_images(fingerprint).images.shape == (8, 3, 12, 12)
    export_run(store, run.id, tmp_path / "run.zip")
    other = RunStore(tmp_path / "other")
    brought = other.run(import_run(other, tmp_path / "run.zip"))
    there = other.data(brought.data.fingerprint)
    assert np.array_equal(there.images_of(np.arange(32)), data.images_of(np.arange(32)))
    other.close()
    (kept,) = store.folder.glob("data/images/*.jpegs")
    store.trash(run.id)
    store.purge()
    assert not kept.exists()


def test_of_many_samples_records_are_of_a_fixed_part(store, photos, monkeypatch, tmp_path):
    monkeypatch.setattr(noisy_data, "MOST_RECORDED", 10)
    run = store.run(began(store, photos))
    other = store.run(began(store, photos, seed=5, noise="symmetric", rate=0.5))
    assert (run.data.num_train, run.data.num_samples) == (32, 10)
    data, noisy = (store.data(each.data.fingerprint) for each in (run, other))
    assert np.array_equal(data.rows, noisy.rows)  # they follow from the images alone
    whole = load_data(run.spec.dataset)
    assert np.array_equal(data.given_labels, whole.given_labels.numpy()[data.rows])
    assert data.origins == tuple(whole.images.ids[row] for row in data.rows)
    assert np.array_equal(data.images_of(np.arange(10)), whole.train_images.numpy()[data.rows])
    record = store.record(run.id, 1)
    assert sum(map(sum, record.confidence["mean"].values())) == 10
    ids, samples = store.samples(run.id, 1)
    assert np.array_equal(ids, np.arange(10))
    right = samples.prediction == data.given_labels
    assert record.train_accuracy_given == pytest.approx(right.mean())
    assert sorted(row.row for row in suspects(store, run.id)) == data.rows.tolist()
    export_run(store, run.id, tmp_path / "run.zip")
    elsewhere = RunStore(tmp_path / "other")
    brought = elsewhere.run(import_run(elsewhere, tmp_path / "run.zip"))
    assert np.array_equal(elsewhere.samples(brought.id, 1)[1].prediction, samples.prediction)
    elsewhere.close()


def test_a_run_with_a_part_recorded_goes_on_as_if_never_stopped(store, photos, monkeypatch):
    monkeypatch.setattr(noisy_data, "MOST_RECORDED", 10)
    stopped = began(store, photos, method="sed", epochs=3)
    whole = store.create(store.run(stopped).spec).id
    for run in (stopped, whole):
        drive = Drive.open(store, run, lambda s, _: prepare(s), lambda: False, Watcher())
        while drive.epoch():
            pass
    last = [store.samples(run, 3)[1] for run in (stopped, whole)]
    assert np.array_equal(last[0].confidence, last[1].confidence)
    assert np.array_equal(last[0].selected, last[1].selected)


def _refused():
    raise OSError(18, "Invalid cross-device link")


def test_the_files_go_along_with_an_export(store, begun, tmp_path):
    export_run(store, begun, tmp_path / "run.zip")
    other = RunStore(tmp_path / "other")
    run = import_run(other, tmp_path / "run.zip")
    kept = other.data(other.run(run).data.fingerprint)
    assert kept.origins == store.data(store.run(begun).data.fingerprint).origins
    assert len(kept.images) == 32
    other.close()


def test_of_a_large_set_small_images_go_along(store, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_data, "MAX_IMAGE_BYTES", 1000)
    monkeypatch.setattr(kept_data, "THUMBNAIL", 6)
    export_run(store, begun, tmp_path / "run.zip")
    other = RunStore(tmp_path / "other")
    run = import_run(other, tmp_path / "run.zip")
    kept = other.data(other.run(run).data.fingerprint)
    assert kept.images.shape[2:] == (6, 6)
    assert len(kept.images) == len(kept.image_ids)
    other.close()


def test_images_that_were_removed_are_asked_for_and_found_again(store, begun, photos, capsys):
    name = store.run(begun).spec.dataset
    remove(cache_of_own(), name)
    with pytest.raises(BadInput, match=r"are not in the cache any more.*--dataset PATH"):
        with_data_found(store, store.run(begun))
    assert main(["resume", begun]) == 2
    moved = photos.folder.with_name("elsewhere")
    shutil.move(photos.folder, moved)
    again = source_at(moved).name
    assert again != name  # it has another title
    assert with_data_found(store, store.run(begun)).dataset == again
    assert main(["resume", begun]) == 0
    assert store.run(begun).last_epoch == 2


def test_a_path_may_be_named(store, begun, photos, capsys):
    remove(cache_of_own(), store.run(begun).spec.dataset)
    photos.add("a/more.png")
    assert main(["resume", begun, "--dataset", str(photos.folder)]) == 2
    assert "does not hold the data" in capsys.readouterr().err
    (photos.folder / "a/more.png").unlink()
    assert main(["resume", begun, "--dataset", str(photos.folder)]) == 0
    assert store.run(begun).spec.dataset == source_at(photos.folder).name


def test_suspects_and_corrections_name_the_files(store, begun):
    ranked = list(suspects(store, begun))
    files = {suspect.file for suspect in ranked}
    assert files == set(store.data(store.run(begun).data.fingerprint).origins)
    assert all(suspect.file.startswith(suspect.given_class) for suspect in ranked)
    run = store.run(begun)
    table = corrected(store.data(run.data.fingerprint), store.samples(begun, 1))
    head, first = list(csv.reader(io.StringIO(table.lstrip("\ufeff"))))[:2]
    assert dict(zip(head, first, strict=True))["file"] == "a/0.png"
