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
