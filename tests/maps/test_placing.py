"""Test images on a map that is there: closed forms for PCA and for the middle of neighbours."""

import numpy as np
import pytest

from lnl.maps.layouts import pca
from lnl.maps.neighbours import nearest, nearest_among
from lnl.maps.placing import placed
from lnl.records import FeatureMap
from tests.maps.conftest import features_at


def a_map(places, kind="umap"):
    return FeatureMap(1, kind, np.asarray(places, np.float16))


def line(count):
    """Samples at 0, 1, 2, ... on a line, whose map is that line too."""
    along = np.arange(count, dtype=float)
    return np.stack([along, 0 * along], 1), a_map(np.stack([along, 2 * along], 1))


def test_a_sample_itself_is_projected_to_its_own_place():
    features = features_at(3)
    on = a_map(pca(features), "pca")
    assert placed(features[:20], features, on) == pytest.approx(on.places[:20], abs=0.01)


def test_the_projection_is_the_samples_own_also_far_outside():
    random = np.random.default_rng(0)
    hidden = random.normal(size=(300, 2)) * [9, 3]
    basis = np.linalg.qr(random.normal(size=(6, 2)))[0].T
    features, far = hidden @ basis + 4, np.array([[90.0, -30.0], [0, 0]])
    on = a_map(pca(features, hidden), "pca")  # turned to lie on what was hidden
    scale = on.places.astype(float).std(0).mean() / hidden.std(0).mean()
    assert placed(far @ basis + 4, features, on) / scale == pytest.approx(far, abs=1.5)
    across = np.linalg.svd(basis)[2][2:3]  # orthogonal to all samples: a map of them has no axis
    beside = placed(far @ basis + 4 + 50 * across, features, on)
    assert beside == pytest.approx(placed(far @ basis + 4, features, on), abs=0.2)


def test_on_umap_it_stands_in_the_middle_of_the_five_nearest():
    features, on = line(9)
    found = placed(np.array([[4.1, 0], [-3.0, 0], [100, 7]]), features, on)
    assert found.tolist() == [[4, 8], [2, 4], [6, 12]]


def test_between_two_groups_it_stands_in_the_one_that_has_more_of_its_neighbours():
    features = np.array([[0.0], [0.1], [0.2], [1.0], [1.1], [9], [9]])
    on = a_map([[-5, 0], [-5, 0.5], [-5, 1], [5, 0], [5, 1], [0, 9], [0, 9]])
    ((x, y),) = placed(np.array([[0.5]]), features, on)
    assert (x, y) == (-5, 0.5), "a mean would stand at -1, where nothing is"


def test_samples_stay_among_their_own_group():
    """Three drifting groups: half of the samples placed on the map of the other half."""
    features = features_at(30)
    half, rest = features[:45], features[45:]
    near = nearest(pca(half), 1)
    places = placed(rest, half, a_map(pca(half)))
    groups = nearest_among(places, pca(half), 1).others[:, 0] % 3
    assert (groups == np.arange(45) % 3).mean() > 0.95
    assert np.median(near.distances) > 0


@pytest.mark.parametrize("kind", ["umap", "pca"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_broken_features_have_places_too(kind, bad):
    features, on = line(9)
    spoilt = features.astype(np.float16)
    spoilt[2, 1] = bad
    found = placed(np.array([[bad, 0], [3, bad]]), spoilt, a_map(on.places, kind))
    assert np.isfinite(found).all()


def test_few_samples_are_all_neighbours():
    features, on = line(3)
    assert placed(np.array([[50.0, 0]]), features, on).tolist() == [[1, 2]]
    assert placed(features[:0], features, on).shape == (0, 2)


def test_it_depends_on_nothing_but_its_arguments():
    features = features_at(2)
    on = a_map(pca(features))
    before = on.places.copy()
    first, second = (placed(features_at(3, seed=1), features, on) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(on.places, before), "the map itself has not moved"


def test_nearest_among_agrees_with_comparing_one_by_one():
    random = np.random.default_rng(0)
    points, others = random.normal(3, 1, (20, 4)), random.normal(3, 1, (50, 4))
    found = nearest_among(points, others, 6)
    apart = np.linalg.norm(points[:, None] - others, axis=2)
    assert np.array_equal(found.others, np.argsort(apart, axis=1)[:, :6])
    assert found.distances == pytest.approx(np.sort(apart, axis=1)[:, :6], abs=1e-5)
