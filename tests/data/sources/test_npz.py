"""A user's own .npz: what is taken, what is refused and why."""

import zipfile
from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lnl.data import load_data
from lnl.data.arrays.reading import read_npz
from lnl.errors import BadInput

RANDOM = np.random.RandomState(0)
IMAGES = RANDOM.randint(0, 256, (12, 8, 8, 3)).astype(np.uint8)


def test_a_valid_file(write_npz):
    path = write_npz(class_names=np.array(["a", "b", "c", "d"]))
    data = load_data(str(path))
    assert data.train_images.shape == (12, 3, 8, 8)
    assert data.train_images.dtype == torch.uint8
    assert data.class_names == ("a", "b", "c", "d")
    assert data.given_labels.tolist() == [0, 1, 2] * 4
    assert data.name == str(path)
    assert data.title == "own"


@pytest.mark.parametrize(
    ("images", "shape"),
    [
        (IMAGES, (3, 8, 8)),
        (IMAGES.transpose(0, 3, 1, 2), (3, 8, 8)),
        (IMAGES[..., 0], (1, 8, 8)),
        (IMAGES[..., :1], (1, 8, 8)),
        (IMAGES[:, :6], (3, 6, 8)),
    ],
    ids=["NHWC", "NCHW", "NHW", "NHW1", "not square"],
)
def test_layouts(write_npz, images, shape):
    data = read_npz(write_npz(x_train=images, x_test=images[:6]))
    assert tuple(data.train_images.shape[1:]) == shape
    expected = IMAGES.transpose(0, 3, 1, 2)[:, : shape[0], : shape[1]]
    assert np.array_equal(data.train_images.numpy(), expected)


@pytest.mark.parametrize(
    "images",
    [
        (IMAGES / 255).astype(np.float32),
        (IMAGES / 255).astype(np.float64),
        IMAGES.astype(np.int64),
        IMAGES.astype(np.uint16),
    ],
    ids=["float32", "float64", "int64", "uint16"],
)
def test_other_number_types(write_npz, images):
    data = read_npz(write_npz(x_train=images))
    assert np.array_equal(data.train_images.numpy(), IMAGES.transpose(0, 3, 1, 2))


def test_labels_may_be_a_column_of_bytes(write_npz):
    labels = (np.arange(12) % 3).astype(np.uint8)[:, None]
    data = read_npz(write_npz(y_train=labels))
    assert data.train.labels.dtype == torch.int64
    assert data.train.labels.tolist() == [0, 1, 2] * 4


def test_classes_that_only_the_test_set_has(write_npz):
    assert read_npz(write_npz(y_test=np.array([0, 1, 2, 3, 4, 5]))).num_classes == 6


def test_normalisation_is_that_of_the_training_images(write_npz):
    recipe = load_data(str(write_npz())).recipe
    pixels = np.load(write_npz())["x_train"] / 255
    assert recipe.mean == pytest.approx(pixels.mean(axis=(0, 1, 2)), abs=1e-4)
    assert recipe.std == pytest.approx(pixels.std(axis=(0, 1, 2)), abs=1e-4)


def test_the_fewer_images_the_more_epochs(write_npz):
    """SelNLPL on 1,400 digits with 20 % wrong labels: 29 % in 30 epochs of 128, 90 % in 60 of 64.

    On 200 pictures of MNIST 51 % in 60 epochs of 32, 69 % in 180.
    """

    def epochs(count):
        images = {"x_train": np.zeros((count, 8, 8, 3), np.uint8), "y_train": np.arange(count) % 3}
        return load_data(str(write_npz(**images))).recipe.epochs

    few = epochs(1500)
    assert few == load_data("digits").recipe.epochs
    assert epochs(200) > few > epochs(5000)


def test_constant_images_stay_finite(write_npz):
    flat = np.full((12, 8, 8, 3), 7, np.uint8)
    assert load_data(str(write_npz(x_train=flat))).recipe.std == (1.0, 1.0, 1.0)


NAN = np.full((12, 8, 8), 0.5)
NAN[3, 2, 1] = np.nan


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"y_test": None},
            r"no labels of the test set\. It holds x_train \[12, 8, 8, 3\] uint8; y_train",
        ),
        ({"x_train": None, "x_test": None}, "no training images and no images of the test set"),
        ({"x_train": IMAGES.reshape(12, -1)}, r"\[12, 192\].*x_train.reshape\(-1, 3, 8, 8\)"),
        ({"x_train": IMAGES[:0]}, r"x_train has shape \[0, 8, 8, 3\]"),
        ({"x_train": IMAGES[..., :2]}, "without 1 or 3 channels"),
        (
            {"x_train": IMAGES[:, :4]},
            r"x_train has images of .* \[3, 4, 8\], x_test of \[3, 8, 8\]",
        ),
        ({"x_train": IMAGES / 127.5 - 1}, r"lies in -1 to 1: .* or as \(x_train \+ 1\) / 2"),
        ({"x_train": IMAGES.astype(int) - 5}, r"x_train \(int64\) lies in -5 to 250: store"),
        ({"x_train": NAN}, "not finite"),
        ({"x_train": IMAGES.astype(str)}, "x_train has values of type <U"),
        ({"x_train": IMAGES.astype(complex)}, "values of type complex128"),
        ({"y_train": np.arange(11) % 3}, r"y_train has shape \[11\]; .* each of 12 images"),
        ({"y_train": np.zeros((12, 3), int)}, r"y_train has shape \[12, 3\], and row 0 has 0"),
        ({"y_train": np.full(12, 0.5)}, "y_train row 0 has the label 0.5; labels are whole"),
        ({"y_train": np.arange(12) - 1}, "y_train row 0 has the label -1"),
        (
            {"y_train": np.arange(12) * 10_000},
            "y_train row 1 has the label 10000, which leaves a gap",
        ),
        (
            {"y_train": np.full(12, 2**63, np.uint64)},
            "y_train row 0 has the label 9223372036854775808",
        ),
        ({"y_train": np.zeros(12, int), "y_test": np.zeros(6, int)}, "a single class"),
        (
            {"class_names": np.array(["a", "b"])},
            "y_train row 2 has the label 2, but class_names has only 2",
        ),
        ({"class_names": np.array([1, 2, 3])}, "class_names must be a list of 2 or more texts"),
        ({"class_names": np.array(["a"])}, "class_names must be a list"),
    ],
)
def test_what_is_refused(write_npz, changes, message):
    with pytest.raises(BadInput, match=message):
        load_data(str(write_npz(**changes)))


def test_pickled_arrays_are_refused(write_npz):
    with pytest.raises(BadInput, match="without object arrays"):
        load_data(str(write_npz(y_train=np.array([0] * 12, dtype=object))))


def test_arrays_that_are_not_asked_for_are_not_read(write_npz):
    assert load_data(str(write_npz(other=np.array([None], dtype=object)))).num_classes == 3


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 broken", b"\x93NUMPY\x01\x00"])
def test_files_that_are_no_npz(tmp_path, content):
    path = tmp_path / "own.npz"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"own\.npz"):
        load_data(str(path))


def test_a_single_array_is_refused(tmp_path):
    with (tmp_path / "own.npz").open("wb") as file:
        np.save(file, IMAGES)
    with pytest.raises(BadInput, match="single array"):
        load_data(str(tmp_path / "own.npz"))


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "own.npz").mkdir()
    with pytest.raises(BadInput, match="there is no file"):
        load_data(str(tmp_path / "own.npz"))


def test_a_header_that_claims_too_much_is_refused(tmp_path, write_npz):
    path = write_npz()
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999,), }\n"
    lie = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("class_names.npy", lie)
    with pytest.raises(BadInput, match="cannot be read"):
        load_data(str(path))


@given(place=st.floats(0, 1), value=st.integers(0, 255))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_byte_never_gives_another_error(write_npz, place, value):
    path = write_npz()
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] = value
    path.write_bytes(content)
    with suppress(BadInput):
        load_data(str(path))


def test_few_small_colour_images_take_a_network_that_learns_them(write_npz, monkeypatch):
    """400 of them took ResNet-18, batches of 128 and 100 epochs: 16 minutes, and CE at chance."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    labels = np.arange(400) % 4
    images = RANDOM.randint(0, 256, (400, 32, 32, 3)).astype(np.uint8)
    file = write_npz(x_train=images, y_train=labels, x_test=images[:40], y_test=labels[:40])
    recipe = load_data(str(file)).recipe
    assert (recipe.network, recipe.batch_size, recipe.learning_rate) == ("small-cnn", 32, 0.02)
