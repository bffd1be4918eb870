"""CIFAR-80N: 80 known classes of 100, always 500 images each in training."""

import numpy as np
import pytest

from lnl.errors import BadInput

LABELS = np.repeat(np.arange(100), 500)
TESTS = np.repeat(np.arange(100), 100)


@pytest.mark.parametrize(
    ("kind", "nominal", "actual"),
    [("symmetric", 0.2, 0.36), ("symmetric", 0.8, 0.84), ("asymmetric", 0.4, 0.52)],
)
@pytest.mark.parametrize("sampling", ["exact", "iid"])
def test_rates_of_the_paper(draw, kind, nominal, actual, sampling):
    out = draw("open-set", LABELS, nominal, tests=TESTS, kind=kind, sampling=sampling)
    wrong = out.given_labels != out.true_labels
    assert wrong.mean() == pytest.approx(actual, abs=1e-12 if sampling == "exact" else 0.006)


def test_open_set_images_are_always_wrong_and_uniform(draw):
    out = draw("open-set", LABELS, 0.2, tests=TESTS)
    is_open = out.true_labels == -1
    assert np.array_equal(is_open, LABELS >= 80)
    assert out.given_labels.min() >= 0
    assert out.given_labels.max() < 80
    counts = np.bincount(out.given_labels[is_open], minlength=80)  # 10,000 over 80: 125 each
    assert abs(counts - 125).max() < 4.5 * np.sqrt(125)
    assert out.transition_matrix.shape == (80, 80)


def test_the_test_set_keeps_known_classes_only(draw):
    out = draw("open-set", LABELS, 0.2, tests=TESTS)
    assert len(out.data.test.labels) == 8000
    assert out.data.test.labels.max() == 79
    assert len(out.data.test.rows) == 8000
    assert out.data.num_classes == 80


def test_a_known_class_goes_to_the_next(draw):
    out = draw("open-set", LABELS, 0.4, tests=TESTS, kind="asymmetric")
    rows = out.true_labels == 79
    assert set(out.given_labels[rows]) == {79, 0}


@pytest.mark.parametrize("known", [1, 100, 0, -3, "many", 2.5])
def test_a_number_of_known_classes_that_cannot_be(draw, known):
    with pytest.raises(BadInput, match=r"known must be a number of classes in \[2, 99\], got"):
        draw("open-set", LABELS, 0.2, tests=TESTS, known=known)


def test_the_number_is_kept_and_may_be_text(draw):
    out = draw("open-set", LABELS, 0.2, tests=TESTS, known="50")
    assert out.options == {"known": 50}
    assert out.data.num_classes == 50
