"""Instance-dependent noise (Xia et al. 2020)."""

import numpy as np
import pytest
import torch

from lnl.data.noise.instance import draw_flip_rates, row_probabilities


@pytest.mark.parametrize(
    ("nominal", "mean"), [(0.1, 0.1288), (0.2, 0.2055), (0.3, 0.3004), (0.4, 0.4), (0.5, 0.5)]
)
def test_flip_rates_are_a_truncated_normal(nominal, mean):
    rates = draw_flip_rates(200_000, nominal, np.random.RandomState(0))
    assert rates.min() >= 0
    assert rates.max() <= 1
    assert rates.mean() == pytest.approx(mean, abs=0.001)


ALL = np.ones(4, bool)


def slow_row(image, true_class, flip_rate, weights):
    """Steps 3 and 4 of the paper's algorithm, one sample at a time."""
    scores = {c: float(image @ weights[:, c]) for c in range(weights.shape[1]) if c != true_class}
    total = sum(np.exp(s) for s in scores.values())
    row = np.zeros(weights.shape[1])
    for c, score in scores.items():
        row[c] = flip_rate * np.exp(score) / total
    row[true_class] = 1 - flip_rate
    return row


def test_rows_follow_the_paper():
    random = np.random.RandomState(1)
    pixels, weights = random.uniform(size=(5, 6)), random.normal(size=(6, 4))
    rates = random.uniform(size=5)
    rows = row_probabilities(pixels, 2, rates, weights, ALL)
    expected = [slow_row(p, 2, q, weights) for p, q in zip(pixels, rates, strict=True)]
    assert np.allclose(rows, expected)
    assert np.allclose(rows.sum(axis=1), 1)


def test_rows_of_permuted_images_are_permuted_rows():
    random = np.random.RandomState(2)
    pixels, weights = random.uniform(size=(9, 6)), random.normal(size=(6, 4))
    rates, order = random.uniform(size=9), random.permutation(9)
    rows = row_probabilities(pixels, 0, rates, weights, ALL)
    assert np.allclose(row_probabilities(pixels[order], 0, rates[order], weights, ALL), rows[order])


def images_and_labels(n=6000, classes=5):
    random = np.random.RandomState(3)
    pixels = random.randint(0, 256, (n, 1, 6, 6)).astype(np.uint8)
    return torch.from_numpy(pixels), random.randint(0, classes, n).astype(np.int64)


def test_rate_and_dependence_on_the_image(draw):
    images, labels = images_and_labels()
    images[3000:] = images[:3000]
    labels[3000:] = labels[:3000]
    given = draw("instance", labels, 0.4, images=images).given_labels
    assert (given != labels).mean() == pytest.approx(0.4, abs=3 * np.sqrt(0.25 / len(labels)))
    both = (given[:3000] != labels[:3000]) & (given[3000:] != labels[3000:])
    # The same image goes wrong the same way, by far more often than by chance (1 in 4), but not
    # always: pixels lie in [0, 1]. From 0 to 255 the wrong class would be all but certain.
    assert 0.6 < (given[:3000] == given[3000:])[both].mean() < 0.95


def test_the_seed_decides(draw):
    images, labels = images_and_labels(500)
    first, again, other = (
        draw("instance", labels, 0.4, seed=s, images=images).given_labels for s in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_matrix_is_only_measured(draw):
    images, labels = images_and_labels(200)
    assert draw("instance", labels, 0.4, images=images).transition_matrix is None
