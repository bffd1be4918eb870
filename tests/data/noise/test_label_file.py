"""Given labels from a file: every form, and each way in which one does not fit."""

import json

import numpy as np
import pytest

from lnl.data import load_data
from lnl.data.noise.label_file import read_labels
from lnl.errors import BadInput

NOISY = np.array([1, 1, 2] + [0, 1, 2] * 3)  # the data have 0, 1, 2, 0, ...: one of 12 differs
NAMES = ("ant", "bee", "cat")


@pytest.fixture
def load(write_npz, tmp_path):
    """Load the data set with the labels of a file of that ending and content."""

    def run(ending, content, names=None, limit=None, **options):
        path = tmp_path / f"labels{ending}"
        if isinstance(content, np.ndarray):
            np.save(path, content)
        elif isinstance(content, dict):
            np.savez(path, **content)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        data = write_npz() if names is None else write_npz(class_names=np.array(names))
        return load_data(data, noise="file", labels=str(path), limit=limit, **options)

    return run


def text(rows, head=None):
    return "\n".join([*([head] if head else []), *map(str, rows)]) + "\n"


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".json", json.dumps(NOISY.tolist())),
        (".npy", NOISY),
        (".npy", NOISY[:, None].astype(np.uint8)),
        (".npy", np.eye(3)[NOISY]),
        (".npz", {"anything": NOISY}),
        (".npz", {"y_train": NOISY, "weights": NOISY * 2}),
        (".csv", text(NOISY)),
        (".csv", text(NOISY, "label")),
        (".CSV", text(NOISY, "\ufefflabel")),
        (".txt", text(NOISY)),
        (".csv", text([f"{i};{y}" for i, y in enumerate(NOISY)], "file;label")),
        (".csv", text([f"{i},{NOISY[i]}" for i in range(11, -1, -1)], "index,label")),
        (".csv", text([f"{y},{y},ant" for y in NOISY], "id,given_label,given_class")),
    ],
)
def test_every_form_gives_the_same_labels(load, ending, content):
    data = load(ending, content)
    assert data.given_labels.tolist() == NOISY.tolist()
    assert data.true_labels.tolist() == [0, 1, 2] * 4
    assert data.noise.actual_rate == pytest.approx(1 / 12)
    assert data.noise.counted
    assert data.noise.transition_matrix[0, 1].item() == pytest.approx(1 / 4)
    assert not data.noise.added, "the file's own labels are the true ones here"


def test_texts_are_names_of_classes(load):
    words = [NAMES[y] for y in NOISY]
    for ending, content in ((".csv", text(words)), (".json", json.dumps(words))):
        assert load(ending, content, NAMES).given_labels.tolist() == NOISY.tolist()


def test_a_column_can_be_named(load):
    content = text([f"{(y + 1) % 3},{y}" for y in NOISY], "mine,theirs")
    assert load(".csv", content, column="theirs").given_labels.tolist() == NOISY.tolist()


def test_numbers_are_names_where_the_names_are_numbers(write_npz, tmp_path):
    path = write_npz(y_train=np.arange(12) % 3 + 1, y_test=np.arange(6) % 3 + 1)
    (tmp_path / "l.json").write_text(json.dumps((NOISY + 1).tolist()))
    data = load_data(path, noise="file", labels=str(tmp_path / "l.json"))
    assert data.given_labels.tolist() == NOISY.tolist()


def test_a_limit_keeps_each_image_with_its_label(load):
    data = load(".npy", NOISY, limit=6)
    assert data.given_labels.tolist() == NOISY[data.train_rows].tolist()


def test_a_file_may_label_what_was_held_out(tmp_path):
    images = np.random.RandomState(0).randint(0, 256, (40, 8, 8)).astype(np.uint8)
    labels = np.arange(40) % 4
    np.savez(tmp_path / "one.npz", images=images, labels=labels)
    np.save(tmp_path / "noisy.npy", (labels + 1) % 4)
    data = load_data(tmp_path / "one.npz", noise="file", labels=str(tmp_path / "noisy.npy"))
    assert data.given_labels.tolist() == ((labels + 1) % 4)[data.train_rows].tolist()


@pytest.mark.parametrize(
    ("ending", "content", "message"),
    [
        (".npy", NOISY[:9], r"labels\.npy has 9 labels for 12 training images"),
        (".csv", text(NOISY + 1, "label"), "line 4 has the label 3; the classes are 0 to 2"),
        (".json", json.dumps((NOISY - 1).tolist()), "entry 3 has the label -1"),
        (".json", json.dumps([0.5] * 12), "got values of type float64"),
        (".json", json.dumps([[0, 1]] * 12), r"one label each, got shape \[12, 2\]"),
        (".json", json.dumps({"labels": NOISY.tolist()}), "holds a dict, expected a list"),
        (".json", "[1, 2", "cannot be read"),
        (".json", "", "is empty"),
        (".csv", "", "is empty"),
        (".csv", "label\n", "is empty"),
        (".npy", NOISY[:0], "is empty"),
        (".npy", b"", "cannot be read"),
        (".npz", {"a": NOISY, "b": NOISY}, "which array holds the labels"),
        (
            ".csv",
            text([f"{y},{y}" for y in NOISY], "mine,theirs"),
            "which column.*'mine', 'theirs'",
        ),
        (".csv", text([f"{y},1" for y in NOISY]), "which column"),
        (".csv", text([f"{i + 1},{y}" for i, y in enumerate(NOISY)], "index,label"), "0 to 11"),
        (".csv", "x,label\n1,2\n1\n", "line 3 has no label"),
        (".csv", text(["ant"] * 12), "line 1: unknown class 'ant'"),
        (".csv", b"\xff\xfe", "cannot be read"),
        (".pkl", b"x", r"is a \.pkl; expected a \.csv"),
    ],
)
def test_what_does_not_fit_is_one_line(load, ending, content, message):
    with pytest.raises(BadInput, match=message):
        load(ending, content)


def test_a_column_that_is_not_there(load):
    with pytest.raises(BadInput, match="no column 'x'; its columns are 'a', 'b'"):
        load(".csv", "a,b\n1,2\n", column="x")


def test_a_file_that_is_not_there_or_not_named(write_npz, tmp_path):
    with pytest.raises(BadInput, match="there is no file"):
        read_labels(tmp_path / "none.csv")
    with pytest.raises(BadInput, match="needs its option labels"):
        load_data(write_npz(), noise="file")
