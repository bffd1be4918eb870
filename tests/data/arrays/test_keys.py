"""Which array is what: known names, names that are nearly so, names of something else."""

import pytest

from lnl.data.arrays.keys import Role, role_of, roles
from lnl.errors import BadInput


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("x_train", ("train", "images")),
        ("X_train", ("train", "images")),
        ("trainX", ("train", "images")),
        ("train_images", ("train", "images")),
        ("images", ("train", "images")),
        ("data", ("train", "images")),
        ("y_test", ("test", "labels")),
        ("test_labels", ("test", "labels")),
        ("targets", ("train", "labels")),
        ("y_train_noisy", ("train", "labels")),
        ("given_labels", ("train", "labels")),
        ("y_true", ("train", "true labels")),
        ("y_train_true", ("train", "true labels")),
        ("train_true_labels", ("train", "true labels")),
        ("true_labels", ("train", "true labels")),
        ("clean_label", ("train", "true labels")),
        ("y_test_true", ("test", "true labels")),
        ("val_images", ("validation", "images")),
        ("y_valid", ("validation", "labels")),
    ],
)
def test_known_names(key, role):
    assert role_of(key) == Role(*role)


@pytest.mark.parametrize(
    "key",
    [
        "arr_0",
        "x_train_2",
        "xx",
        "y_trian",
        "features",
        "train",
        "x_y",
        "x_train_test",
        "class_names",
        "x_true",
        "y_noisy_true",
        "train_train_x",
        "",
        "ids",
    ],
)
def test_names_of_something_else(key):
    assert role_of(key) is None


def refused(*keys):
    with pytest.raises(BadInput) as error:
        roles(keys, lambda: {key: f"{key} [3] uint8" for key in keys})
    return str(error.value)


def test_a_near_miss_is_told():
    message = refused("x_train", "y_trian")
    assert "no training labels (y_trian looks like y_train)" in message
    assert "It holds x_train [3] uint8; y_trian [3] uint8" in message
    assert "labelz looks like labels" in refused("images", "labelz")


def test_two_arrays_of_one_role():
    assert "y_train and y_train_noisy both look like the training labels" in refused(
        "x_train", "y_train", "y_train_noisy"
    )


def test_a_test_set_needs_images_and_labels():
    assert "no images of the test set" in refused("x_train", "y_train", "y_test")
