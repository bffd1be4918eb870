"""Whole files: MedMNIST's names, one split, true labels beside the given ones, what is not used."""

import numpy as np
import pytest

from lnl.data import load_data
from lnl.data.arrays.reading import read_npz
from lnl.errors import BadInput

IMAGES = np.random.RandomState(0).randint(0, 256, (40, 8, 8)).astype(np.uint8)
LABELS = np.arange(40) % 4
NOISY = np.where(np.arange(40) < 4, (LABELS + 1) % 4, LABELS)


@pytest.fixture
def write(tmp_path):
    def save(**arrays):
        path = tmp_path / "own.npz"
        np.savez(path, **arrays)
        return path

    return save


def test_medmnist(write):
    column = LABELS[:, None].astype(np.uint8)
    sets = {f"{part}_images": IMAGES for part in ("train", "val", "test")}
    labels = {f"{part}_labels": column for part in ("train", "val", "test")}
    data = read_npz(write(**sets, **labels))
    assert data.train.labels.tolist() == LABELS.tolist()
    assert len(data.test.labels) == 40
    assert data.validation.labels.tolist() == LABELS.tolist()
    assert data.validation.rows == range(80, 120)
    assert data.notes == ()


def test_one_split_gives_a_stratified_test_set(write):
    path = write(images=IMAGES, labels=LABELS)
    data = read_npz(path)
    assert np.bincount(data.test.labels).tolist() == [2, 2, 2, 2]
    rows = np.concatenate([data.train.rows, data.test.rows])
    assert sorted(rows) == list(range(40))
    assert np.array_equal(data.images.read(data.train.rows)[:, 0], IMAGES[data.train.rows])
    assert data.train.labels.tolist() == LABELS[data.train.rows].tolist()
    assert "8 of its 40 images" in data.notes[0]
    assert "may be wrong too" in data.notes[0]
    assert np.array_equal(read_npz(path).test.rows, data.test.rows)


def test_true_labels_beside_the_given_ones(write):
    data = load_data(str(write(x_train=IMAGES, y_train=NOISY, y_train_true=LABELS)))
    assert data.true_labels is not None
    assert data.noise.actual_rate == pytest.approx(
        (data.true_labels != data.given_labels).double().mean().item()
    )
    assert data.noise.counted
    everything = {"x_test": IMAGES, "y_test": LABELS}
    data = load_data(str(write(x_train=IMAGES, y_train=NOISY, y_true=LABELS, **everything)))
    assert data.given_labels.tolist() == NOISY.tolist()
    assert data.true_labels.tolist() == LABELS.tolist()
    assert data.noise.actual_rate == pytest.approx(0.1)
    assert "y_true are the true labels: 10.0% of y_train differ from them." in data.notes


def test_noise_is_drawn_on_the_true_labels(write):
    path = str(write(x_train=IMAGES, y_train=NOISY, y_true=LABELS, x_test=IMAGES, y_test=LABELS))
    data = load_data(path, noise="symmetric", rate=0.25)
    assert data.true_labels.tolist() == LABELS.tolist()
    assert data.noise.actual_rate == pytest.approx(0.25)


def test_a_limit_takes_the_true_labels_along(write):
    path = str(write(x_train=IMAGES, y_train=NOISY, y_true=LABELS, x_test=IMAGES, y_test=LABELS))
    data = load_data(path, limit=20)
    assert len(data.true_labels) == 20
    assert data.true_labels.tolist() == LABELS[np.asarray(data.train_rows)].tolist()


def test_true_labels_of_the_test_set_are_its_labels(write):
    test = {"x_test": IMAGES, "y_test": NOISY, "y_test_true": LABELS}
    data = read_npz(write(x_train=IMAGES, y_train=LABELS, **test))
    assert data.test.labels.tolist() == LABELS.tolist()
    assert data.notes == ("y_test_true are the labels of the test images.",)


def test_other_arrays_are_named(write):
    data = read_npz(write(images=IMAGES, labels=LABELS, weights=np.ones(40), arr_0=LABELS))
    assert data.notes[-1] == "Not used of the file: weights, arr_0."


def test_classes_without_a_training_image_are_told(write):
    data = read_npz(write(x_train=IMAGES, y_train=LABELS % 3, x_test=IMAGES, y_test=LABELS))
    assert data.notes == ("1 of the 4 classes have no training image: '3'.",)


def test_one_image_cannot_be_split(write):
    with pytest.raises(BadInput, match="one image and no test set"):
        read_npz(write(images=IMAGES[:1], labels=LABELS[:1], class_names=np.array(["a", "b"])))
