"""What somebody names as a data set and is none: what it is, and the way to one."""

import numpy as np
import pytest

from lnl.data import load_data
from lnl.data.source import registered
from lnl.data.sources import source_of
from lnl.errors import BadInput


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("cifar-10", "cifar10"),
        ("CIFAR10", "cifar10"),
        ("cifar-10-batches-py", "cifar10"),
        ("cifar-100-python", "cifar100"),
        ("FashionMNIST", "fashion-mnist"),
        ("mnist ", "mnist"),
    ],
)
def test_near_names(name, near):
    with pytest.raises(BadInput, match=f"Did you mean '{near}'"):
        source_of(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.npy", "is a single array: put images and labels into one file"),
        ("x.pkl", "can hold programs and is not opened"),
        ("x.zip", "cannot be read as a zip"),
        ("x.MAT", "scipy.io.loadmat"),
        ("x.csv", "holds no rows: a header such as filename,label comes first"),
        ("x.odd", "is of no form that is read"),
    ],
)
def test_other_files(tmp_path, name, message):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(BadInput, match=message):
        source_of(str(tmp_path / name))


def test_what_is_not_there(tmp_path):
    with pytest.raises(BadInput, match="there is no file"):
        source_of(str(tmp_path / "x.h5"))


@pytest.fixture
def data_folder(tmp_path):
    """A data folder in which MNIST lies."""
    folder = tmp_path / "sets"
    for file in registered("mnist").missing(folder):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"")
    return folder


def test_the_folder_of_a_known_set(data_folder):
    for folder in (data_folder, data_folder / "MNIST"):
        with pytest.raises(BadInput, match=f"--dataset mnist --data-dir {data_folder}$"):
            source_of(str(folder))
    (data_folder / "other").mkdir()
    with pytest.raises(BadInput, match="no labelled image was found in other"):
        source_of(str(data_folder / "other"))


def test_arrays_with_the_ending_of_a_zip(tmp_path):
    np.savez(tmp_path / "x.npz", x_train=np.zeros(3))
    (tmp_path / "x.npz").rename(tmp_path / "x.zip")
    with pytest.raises(
        BadInput, match=r"x\.zip holds arrays, as an \.npz does: rename it to x\.npz"
    ):
        source_of(str(tmp_path / "x.zip"))


def test_a_data_folder_one_too_deep(data_folder):
    with pytest.raises(BadInput, match=f"but in '{data_folder}': name that folder"):
        load_data("mnist", data_dir=data_folder / "MNIST")


def test_a_data_folder_one_too_high(data_folder):
    with pytest.raises(BadInput, match=f"It lies in {data_folder}/MNIST/raw: mkdir -p"):
        load_data("mnist", data_dir=data_folder.parent)


def test_a_file_with_another_case_of_its_ending(tmp_path, write_npz):
    path = write_npz()
    upper = tmp_path / "OWN.NPZ"
    upper.write_bytes(path.read_bytes())
    assert np.array_equal(load_data(f' "{upper}"').train_images, load_data(path).train_images)
