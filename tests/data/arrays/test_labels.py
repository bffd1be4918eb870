"""Forms of labels: each is read, or refused with the way out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.data.arrays.coding import coded
from lnl.data.arrays.labels import plain_labels
from lnl.errors import BadInput

IDS = np.arange(12) % 3
WORDS = np.array(["ant", "bee", "cat"])


def read(array, **more):
    """ids and names of a single array."""
    found = coded({"y": plain_labels(array, "y", len(IDS))}, **more)
    return found.ids["y"].tolist(), found.names, found.notes


@pytest.mark.parametrize(
    "array",
    [IDS.astype(kind) for kind in ("u1", "u2", "u4", "u8", "i1", "i8", "f2", "f8")]
    + [
        IDS[:, None],
        IDS[None],
        np.eye(3, dtype=np.uint8)[IDS],
        np.eye(3)[IDS],
        np.eye(3)[IDS] == 1,
    ],
)
def test_numbers_in_any_form(array):
    ids, names, _ = read(array)
    assert (ids, names) == (IDS.tolist(), ("0", "1", "2"))


@pytest.mark.parametrize("array", [WORDS[IDS], WORDS[IDS][:, None], WORDS[IDS].astype("S")])
def test_texts(array):
    assert read(array) == (IDS.tolist(), ("ant", "bee", "cat"), ())


def test_true_and_false():
    assert read(IDS == 1) == (
        (IDS == 1).astype(int).tolist(),
        ("False", "True"),
        ("y is true or false: two classes.",),
    )
    assert read(IDS == 1, names=np.array(["dog", "cat"]))[1] == ("dog", "cat")


def test_one_hot_knows_classes_without_an_image():
    ids, names, notes = read(np.eye(5, dtype=np.uint8)[IDS])
    assert (ids, len(names), notes) == (IDS.tolist(), 5, ("y is one-hot, of 5 classes.",))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((12, 3), np.uint8), r"shape \[12, 3\], and row 0 has 3 labels: lnl learns one"),
        (np.full((12, 3), 1 / 3), r"probabilities for each image.* y.argmax\(axis=1\)"),
        (np.arange(24).reshape(12, 2), "several numbers for each image"),
        (np.where(IDS == 1, np.nan, IDS), "y row 1 has the label nan"),
        (np.where(IDS == 2, 1.5, IDS), "y row 2 has the label 1.5"),
        (np.where(IDS == 2, np.inf, IDS), "y row 2 has the label inf"),
        (np.full(12, 1e300), "y row 0 has the label 1e"),
        (IDS * 1j, "values of type complex128"),
        (np.array([b"\xff"] * 12), "no UTF-8"),
        (IDS[:5], r"y has shape \[5\]; expected one label for each of 12 images"),
        (np.zeros((3, 2, 2), int), r"y has shape \[3, 2, 2\]"),
    ],
)
def test_what_is_refused(array, message):
    with pytest.raises(BadInput, match=message):
        read(array)


@given(seed=st.integers(0, 99))
def test_arrays_are_coded_together_and_rows_named_by_their_array(seed):
    random = np.random.default_rng(seed)
    one, other = random.permutation(IDS), random.permutation(IDS)
    plain = {k: plain_labels(WORDS[v], k, 12) for k, v in {"y_train": one, "y_test": other}.items()}
    found = coded(plain)
    assert found.ids["y_train"].tolist() == one.tolist()
    assert found.ids["y_test"].tolist() == other.tolist()
    row = seed % 12
    other[row] = 9
    plain = {k: plain_labels(v, k, 12) for k, v in {"y_train": one, "y_test": other}.items()}
    with pytest.raises(BadInput, match=f"y_test row {row} has the label 9, which leaves a gap"):
        coded(plain)


def test_texts_and_numbers_do_not_mix():
    plain = {"a": plain_labels(IDS, "a", 12), "b": plain_labels(WORDS[IDS], "b", 12)}
    with pytest.raises(BadInput, match="b holds texts, a numbers"):
        coded(plain)


def test_one_hot_arrays_must_agree():
    plain = {str(k): plain_labels(np.eye(k)[IDS], str(k), 12) for k in (3, 4)}
    with pytest.raises(BadInput, match="the same classes: 3 of 3, 4 of 4"):
        coded(plain)


def test_numbers_of_the_classes():
    names, numbers = np.array(["a", "b", "c"]), np.array([0, 1000, 2000])
    assert read(IDS * 1000, names=names, class_ids=numbers)[:2] == (IDS.tolist(), ("a", "b", "c"))
    assert read(IDS * 1000, class_ids=numbers)[1] == ("0", "1000", "2000")
