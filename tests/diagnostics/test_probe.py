import numpy as np
import pytest
import torch

from lnl.diagnostics.probe import probe_ids, reduce_features


def test_probe_is_fixed_by_the_fingerprint():
    assert np.array_equal(probe_ids("abc", 100), np.arange(100))
    first, again, other = (probe_ids(name, 60000) for name in ("abc", "abc", "abd"))
    assert len(first) == 2000
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (np.diff(first) > 0).all()


def test_reduced_features_keep_distances():
    generator = torch.Generator().manual_seed(0)
    plane = torch.randn(80, 5, generator=generator) @ torch.randn(5, 128, generator=generator)
    reduced = torch.from_numpy(reduce_features(plane, plane)[0].astype(np.float32))
    assert reduced.shape == (80, 50)
    ratio = torch.pdist(plane) / torch.pdist(reduced)
    assert ratio.std() / ratio.mean() < 0.01


def test_narrow_features_stay_as_they_are():
    assert [f.shape for f in reduce_features(torch.randn(10, 7), torch.randn(3, 7))] == [
        (10, 7),
        (3, 7),
    ]


def test_unseen_features_are_brought_to_the_same_axes_and_move_nothing():
    features = torch.randn(80, 60, generator=torch.Generator().manual_seed(0))
    alone, _ = reduce_features(features, features[:1])
    beside, unseen = reduce_features(features, torch.cat([features[:7], 1 + 100 * features]))
    assert np.array_equal(alone, beside)
    assert unseen[:7] == pytest.approx(beside[:7], abs=1e-2)
    assert np.isfinite(reduce_features(features, torch.full((1, 60), 1e30))[1]).all()


@pytest.mark.parametrize("alive", [1, 15, 40, 60])
@pytest.mark.parametrize("dead", [0.0, 1e-38, 7.0])
def test_dead_units_cost_no_axes(alive, dead):
    """The eigenvectors of a matrix with many empty rows are not found, or are NaN."""
    for seed in range(15):
        draw = np.random.default_rng(seed)
        features = np.full((200, 128), dead, np.float32)
        features[:, draw.permutation(128)[:alive]] = draw.random((200, alive), np.float32)
        plain = torch.from_numpy(features)
        reduced, unseen = reduce_features(plain, plain[:5])
        assert reduced.shape == (200, 50), "as many as an epoch without dead units keeps"
        assert np.isfinite(reduced).all()
        assert np.array_equal(reduced[:5], unseen)
        if alive < 50:
            distances = [torch.pdist(f.float()) for f in (plain, torch.from_numpy(reduced))]
            assert torch.corrcoef(torch.stack(distances))[0, 1] > 0.9999


def test_features_that_are_all_equal_are_a_point():
    reduced, unseen = reduce_features(torch.ones(20, 128), torch.full((3, 128), 2.0))
    assert not reduced.any()
    assert unseen.shape == (3, 50)


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), 1e30])
def test_features_that_are_not_finite_are_refused(broken):
    features = torch.ones(20, 60)
    features[3, 3] = broken
    with pytest.raises(ArithmeticError, match="not finite"):
        reduce_features(features, features[:1])
