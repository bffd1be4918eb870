"""Test images beside the samples: kept, read, carried along; older runs do without."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from lnl.data import load_data
from lnl.errors import BadInput, StoreError
from lnl.records import RunSpec, UnseenRow
from lnl.runs.exchange.exporting import export_run, export_slim
from lnl.runs.exchange.importing import import_run
from lnl.runs.running.training_here import train_here
from lnl.runs.store.disk import disk_use
from lnl.runs.store.kept_test_images import UnseenImages, read_unseen, unseen_file
from tests.runs.conftest import make_kept
from tests.support.archives import rewritten

T, CLASSES = 4, 3


def row(epoch):
    random = np.random.default_rng(epoch)
    return UnseenRow(
        random.normal(size=(T, 5)).astype(np.float16),
        random.integers(0, CLASSES, T).astype(np.uint16),
        random.random(T).astype(np.float16),
    )


def images(count=9, side=4):
    pixels = np.arange(count * side * side) % 251
    return pixels.astype(np.uint8).reshape(count, 1, side, side)


@pytest.fixture
def unseen():
    return UnseenImages.of(images(), np.arange(9) % CLASSES, np.array([0, 3, 4, 8]))


@pytest.fixture
def run(store, new_run, snapshot, unseen):
    """Three epochs, the first of an older version; the data were kept by that version too."""
    run = new_run()
    store.keep_data("abc50", make_kept())
    store.append(run, snapshot(1), {"weights": torch.ones(2)})
    store.keep_data("abc50", make_kept(unseen=unseen))
    for epoch in (2, 3):
        store.append(run, replace(snapshot(epoch), unseen=row(epoch)), {"weights": torch.ones(2)})
    store.set_status(run, "done")
    return run


def same(a, b):
    for name in ("features", "prediction", "confidence"):
        assert np.array_equal(getattr(a, name), getattr(b, name))
        assert getattr(a, name).dtype == getattr(b, name).dtype


def test_they_are_read_as_they_were_kept(store, run, unseen):
    assert store.unseen_epochs(run) == [2, 3]
    assert store.unseen(run, 1) is None
    for epoch in (2, 3):
        same(store.unseen(run, epoch), row(epoch))
    found = store.unseen_images("abc50")
    assert found.ids.tolist() == [0, 3, 4, 8]
    assert found.labels.tolist() == [0, 0, 1, 2]
    assert np.array_equal(found.images, images()[[0, 3, 4, 8]])
    assert store.probe_epochs(run) == [1, 2, 3]
    assert store.history(run).epochs == [1, 2, 3], "samples of both versions are one history"


def test_an_epoch_takes_little_more(store, new_run, snapshot, unseen):
    store.keep_data("abc50", make_kept(unseen=unseen))
    sizes = []
    for added in (None, row(1)):
        run = new_run()
        store.append(run, replace(snapshot(1), unseen=added))
        sizes.append((store.folder / "runs" / run / "arrays-0.bin").stat().st_size)
    assert sizes[1] - sizes[0] == 3 * 64, "each array begins at a multiple of 64 bytes"
    before = disk_use(store).data
    unseen_file(store.folder / "data", "abc50").unlink()
    assert disk_use(store).data < before


def test_large_images_are_kept_small():
    found = UnseenImages.of(images(3, 70), np.arange(3), np.array([1, 2]))
    assert found.images.shape == (2, 1, 24, 24)
    assert np.array_equal(found.images, images(3, 70)[1:, :, ::3, ::3])


def test_what_was_not_kept_is_told(store):
    with pytest.raises(StoreError):
        store.unseen_images("abc50")


def test_purging_the_last_run_removes_them(store, run):
    path = unseen_file(store.folder / "data", "abc50")
    assert path.exists()
    store.trash(run)
    store.purge()
    assert not path.exists()


def test_they_leave_and_enter_with_their_run(store, run, other, tmp_path, unseen):
    export_run(store, run, tmp_path / "run.zip")
    twin = import_run(other, tmp_path / "run.zip")
    assert other.unseen_epochs(twin) == [2, 3]
    same(other.unseen(twin, 3), row(3))
    assert np.array_equal(other.unseen_images("abc50").images, unseen.images)


def test_without_images_their_classes_are_still_known(store, run, other, tmp_path):
    export_run(store, run, tmp_path / "run.zip", images=False)
    import_run(other, tmp_path / "run.zip")
    found = other.unseen_images("abc50")
    assert (len(found.ids), len(found.labels), len(found.images)) == (T, T, 0)


def test_runs_without_them_and_slim_files_carry_none(
    store, run, other, tmp_path, new_run, snapshot
):
    export_slim(store, run, tmp_path / "slim.zip")
    old = new_run()
    store.append(old, snapshot(1))
    export_run(store, old, tmp_path / "old.zip")
    for name in ("slim.zip", "old.zip"):
        assert "test.npz" not in zipfile.ZipFile(tmp_path / name).namelist()
        assert other.unseen_epochs(import_run(other, tmp_path / name)) == []


def _file(**changes):
    arrays = {
        "ids": np.array([0, 3, 4, 8]),
        "labels": np.array([0, 0, 1, 2]),
        "images": np.zeros((T, 1, 4, 4), np.uint8),
    }
    file = io.BytesIO()
    np.savez(file, **(arrays | changes))
    return file.getvalue()


def _with(path, content):
    def change(files, manifest):
        files.pop("test.npz")
        if content is not None:
            files["test.npz"] = content

    return rewritten(path, change)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (_file(ids=np.array([0, 3, 3, 8])), "not strictly increasing"),
        (_file(ids=np.array([0, 3, 4, 9])), "ids lie outside"),
        (_file(ids=np.array([0.0, 3, 4, 8])), "whole numbers"),
        (_file(labels=np.array([0, 0, 1, 3])), "labels lie outside"),
        (_file(labels=np.array([0, 0, 1])), "it has 3 labels"),
        (_file(images=np.zeros((T, 4, 4), np.uint8)), "not uint8"),
        (_file(images=np.zeros((T, 1, 4, 4), np.float32)), "not uint8"),
        (_file(images=np.zeros((1, 1, 4, 4), np.uint8)), "one image for each"),
        (_file(more=np.zeros(1)), "arrays that are unknown"),
        (_file(images=np.array([object()])), "test.npz"),
        (_file(ids=np.array([0, 3]), labels=np.array([0, 0]), images=images(2)), "unexpected"),
        (None, "cannot be read"),
    ],
)
def test_odd_test_images_are_refused(store, run, other, tmp_path, content, why):
    path = tmp_path / "run.zip"
    export_run(store, run, path)
    with pytest.raises(BadInput, match=why):
        import_run(other, _with(path, content))
    assert other.runs() == []
    import_run(other, _with(path, _file()))


def test_values_that_do_not_fit_the_features_are_refused(store, run, other, tmp_path):
    path = tmp_path / "run.zip"
    export_run(store, run, path)

    def wider(files, manifest):
        (log,) = [log for log in manifest["logs"] if "test.features" in str(log["layout"])]
        for column in log["layout"]:
            if column[0] == "test.features":
                column[2] = [T, 6]  # 48 bytes, as many as 40 take: a row is as long as before

    with pytest.raises(BadInput, match="unexpected values for test images"):
        import_run(other, rewritten(path, wider))


def test_those_that_are_here_already_stay(store, run, tmp_path):
    path = tmp_path / "run.zip"
    export_run(store, run, path)
    before = read_unseen(unseen_file(store.folder / "data", "abc50")).images
    import_run(store, _with(path, _file()))
    assert np.array_equal(store.unseen_images("abc50").images, before)


def test_a_run_for_real_keeps_the_classes_of_its_test_images(store):
    run = train_here(store, RunSpec(limit=300, threads=1, epochs=2))
    found = store.unseen_images(store.run(run).data.fingerprint)
    data = load_data("digits", limit=300)
    assert np.array_equal(found.labels, data.test_labels.numpy()[found.ids])
    assert np.array_equal(found.images, data.test_images.numpy()[found.ids])
    assert store.unseen_epochs(run) == store.probe_epochs(run) == [1, 2]
    for record in store.records(run):
        right = store.unseen(run, record.epoch).prediction == found.labels
        assert right.mean() == pytest.approx(record.test_accuracy), "all 360 are kept here"
