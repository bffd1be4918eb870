"""Labels and images kept beside the runs."""

from dataclasses import replace

import numpy as np
import pytest

from lnl.errors import BadInput, StoreError
from lnl.records import DataFacts, RunSpec
from lnl.runs.store import history, kept_data
from lnl.runs.store.kept_data import DataToKeep, WholeSet, drop_data_except


def make(given, true=None, side=4):
    count = len(given)
    images = np.arange(count * 3 * side * side, dtype=np.uint32).astype(np.uint8)
    return DataToKeep(
        given_labels=np.asarray(given),
        true_labels=true,
        groups=np.full(count, 3, np.int8),
        class_names=("a", "<b>", "=c"),
        probe=np.arange(2),
        images=images.reshape(count, 3, side, side),
    )


def test_labels_and_images_come_back(store):
    data = make([0, 1, 2, 1])
    store.keep_data("noise-1", data)
    kept = store.data("noise-1")
    assert kept.given_labels.tolist() == [0, 1, 2, 1]
    assert kept.true_labels is None
    assert kept.class_names == ("a", "<b>", "=c")
    assert np.array_equal(kept.images_of(np.array([3, 0])), data.images[[3, 0]])
    with pytest.raises(BadInput, match="kept of 4 samples only"):
        kept.images_of(np.array([4]))


def test_images_are_kept_once_for_all_noise_on_them(store):
    store.keep_data("noise-1", make([0, 1, 2, 1]))
    store.keep_data("noise-2", make([2, 1, 2, 1], true=np.array([0, 1, 2, -1])))
    assert len(list((store.folder / "data" / "images").iterdir())) == 1
    assert store.data("noise-2").true_labels.tolist() == [0, 1, 2, -1]
    assert store.data("noise-1").true_labels is None


def test_a_set_is_kept_whole_and_pages_see_its_training_images(store):
    data = make([0, 1, 2, 1])
    images = np.concatenate([data.images[:1], data.images, data.images[:2]])
    whole = WholeSet("all", images, range(1, 5))
    store.keep_data("noise-1", replace(data, whole=whole))
    store.keep_data("noise-2", replace(make([2, 1, 2, 1]), whole=whole))
    kept = store.data("noise-2")
    assert np.array_equal(kept.images, data.images)
    assert np.array_equal(kept.images_of(np.array([3, 0])), data.images[[3, 0]])
    assert kept.images.filename == store.images_file("all")
    assert np.array_equal(np.load(store.images_file("all")), images)
    assert len(list((store.folder / "data" / "images").iterdir())) == 1
    drop_data_except(store.folder / "data", {"noise-1"})
    assert np.array_equal(store.data("noise-1").images, data.images)
    drop_data_except(store.folder / "data", set())
    assert store.images_file("all") is None


@pytest.mark.parametrize("limit", [{"images": 10}, {"bytes": 100}])
def test_a_set_that_is_too_much_is_not_kept_whole(store, monkeypatch, limit):
    data = make([0, 1, 2, 1])
    images = np.zeros((limit.get("images", 6), 3, 4, 4), np.uint8)
    images[: len(data.images)] = data.images
    monkeypatch.setattr(kept_data, "MAX_IMAGE_BYTES", limit.get("bytes", 10**6))
    store.keep_data("few", replace(data, whole=WholeSet("all", images, range(4))))
    assert store.images_file("all") is None
    assert len(store.data("few").images) == 4


def test_many_images_are_kept_small_and_of_the_history_only(store, monkeypatch):
    monkeypatch.setattr(kept_data, "MAX_IMAGE_BYTES", 1000)
    monkeypatch.setattr(history, "MAX_SAMPLES", 5)
    history.history_ids.cache_clear()
    data = make([0, 1, 2, 1, 0, 0, 1, 2], side=70)
    store.keep_data("large", data)
    kept = store.data("large")
    history.history_ids.cache_clear()
    assert len(kept.image_ids) == 5
    assert kept.images.shape == (5, 3, 24, 24)
    first = kept.image_ids[:1]
    assert np.array_equal(kept.images_of(first), data.images[first][:, :, ::3, ::3])


def test_purging_the_last_run_removes_its_data(store):
    for noise in ("noise-1", "noise-2"):
        store.keep_data(noise, make([0, 1, 2, 1]))
    runs = [
        store.create(RunSpec(), DataFacts(noise, "", 4, 1, 3, ("a", "b", "c"), (3, 4, 4), None))
        for noise in ("noise-1", "noise-2")
    ]
    for run in runs:
        store.set_status(run.id, "done")
    images = store.folder / "data" / "images"
    store.trash(runs[0].id)
    store.purge()
    assert len(list(images.iterdir())) == 1
    with pytest.raises(StoreError):
        store.data("noise-1")
    assert len(store.data("noise-2").images) == 4
    store.trash(runs[1].id)
    store.purge()
    assert list(images.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x" * 200])
def test_a_fingerprint_is_no_path(store, name):
    with pytest.raises(StoreError):
        store.keep_data(name, make([0, 1]))
    with pytest.raises(StoreError):
        store.data(name)
