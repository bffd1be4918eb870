"""Corrected test labels: by majority, only on request, only on the images that they are of."""

import json
from pathlib import Path

import numpy as np
import pytest

from lnl.data import load_data
from lnl.data.better_test_labels import reviewed, voted
from lnl.data.source import data_folder, registered
from lnl.data.sources import relabelled
from lnl.errors import BadInput

SHARED = Path(__file__).parents[3] / "shared" / "data"
LABELS = np.array([3, 1, 4, 1, 5])


def review(row, guessed, votes, given=None):
    return {
        "id": row,
        "given_original_label": int(LABELS[row] if given is None else given),
        "our_guessed_label": guessed,
        "mturk": {"given": 5 - votes, "guessed": votes, "neither": 0, "both": 0},
    }


@pytest.fixture
def reviews(tmp_path):
    def write(*rows):
        path = tmp_path / "set_mturk.json"
        path.write_text(json.dumps(rows))
        return path

    return write


def test_a_label_is_corrected_where_most_reviewers_say_so(reviews):
    path = reviews(review(0, 7, 3), review(2, 9, 2), review(4, 0, 5))
    assert reviewed(path, LABELS).tolist() == [7, 1, 4, 1, 0]
    assert LABELS.tolist() == [3, 1, 4, 1, 5]


@pytest.mark.parametrize("row", [review(0, 7, 5, given=2), review(4, 7, 5) | {"id": 5}])
def test_reviews_of_other_images_are_refused(reviews, row):
    with pytest.raises(BadInput, match="is of other test images, or in another order"):
        reviewed(reviews(row), LABELS)


@pytest.mark.parametrize("content", ["[", "[1]", '[{"id": 0}]'])
def test_what_is_no_review_is_told(tmp_path, content):
    path = tmp_path / "set_mturk.json"
    path.write_text(content)
    with pytest.raises(BadInput, match="cannot be read as reviewed labels"):
        reviewed(path, LABELS)


def test_votes_change_a_label_only_if_another_has_more(tmp_path):
    counts = np.zeros((5, 6), np.int64)
    counts[np.arange(5), LABELS] = 20
    counts[1, 4], counts[3, 0] = 21, 20
    np.save(tmp_path / "counts.npy", counts)
    assert voted(tmp_path / "counts.npy", LABELS).tolist() == [3, 4, 4, 1, 5]
    with pytest.raises(BadInput, match="in another order"):
        voted(tmp_path / "counts.npy", (LABELS + 1) % 6)
    with pytest.raises(BadInput, match=r"has the shape \[5, 6\], expected a row for each of 4"):
        voted(tmp_path / "counts.npy", LABELS[:4])


def test_a_missing_file_says_where_to_get_it(tmp_path):
    with pytest.raises(BadInput) as error:
        load_data("cifar10-corrected", data_dir=tmp_path)
    message = str(error.value)
    assert "missing are label-errors/cifar10_mturk.json, cifar-10-batches-py/" in message
    assert "Get mturk/cifar10_mturk.json from github.com/cleanlab/label-errors" in message


def test_where_the_images_alone_are_missing_they_can_be_downloaded(tmp_path):
    (tmp_path / "label-errors").mkdir()
    (tmp_path / "label-errors" / "mnist_mturk.json").write_text("[]")
    with pytest.raises(BadInput, match="datasets --download mnist "):
        load_data("mnist-corrected", data_dir=tmp_path)


@pytest.mark.benchmark_data
@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_the_real_files_change_as_many_labels_as_the_summary_says(name):
    labels = registered(name).load(data_folder()).test.labels.numpy()
    found = reviewed(SHARED / "label-errors" / f"{name}_test.npz", labels)
    assert (found != labels).sum() == relabelled.CHANGED[name]
    if name == "cifar10":
        votes = voted(SHARED / "cifar10h" / "cifar10h.npz", labels)
        assert (votes != labels).sum() == relabelled.VOTED
