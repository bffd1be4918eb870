"""Maps: closed forms of PCA and of laying one on another; UMAP for real; what happens without."""

import builtins
import os
from itertools import pairwise

import numpy as np
import pytest

from lnl.errors import BadInput, MapFailed
from lnl.maps import layouts
from lnl.maps.layouts import FIRST, RADIUS, aligned, make_map, pca, standard, umap, warm_up
from lnl.maps.neighbours import NEIGHBOURS, nearest
from tests.maps.conftest import features_at


def movement(a, b):
    return float(np.median(np.linalg.norm(np.asarray(a, float) - b, axis=1))) / RADIUS


def turned(places, degrees):
    t = np.radians(degrees)
    return places @ np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])


def test_pca_finds_the_two_widest_directions():
    random = np.random.default_rng(0)
    hidden = random.normal(size=(300, 3)) * [9, 3, 0.1]
    basis = np.linalg.qr(random.normal(size=(7, 3)))[0]
    found = pca(hidden @ basis.T + 50)
    for axis in (0, 1):
        assert abs(np.corrcoef(found[:, axis], hidden[:, axis])[0, 1]) > 0.999
    assert found.mean(0) == pytest.approx(0, abs=1e-9)
    assert np.square(found).sum(1).mean() == pytest.approx(RADIUS**2)


def test_pca_keeps_its_orientation_between_epochs():
    first = pca(features_at(1))
    for epoch in range(2, 12):
        flipped = features_at(epoch) * np.float16(-1 if epoch % 2 else 1)  # eigenvectors: no sign
        then = pca(flipped, first)
        assert np.sum(then * first) > 0
        assert movement(then, first) < 0.5
        first = then


def test_pca_alone_has_one_orientation():
    features = features_at(3)
    assert np.allclose(pca(features), pca(features.copy()))
    found = pca(features)
    assert (found[np.abs(found).argmax(0), [0, 1]] > 0).all()


@pytest.mark.parametrize("mirror", [[1, 1], [1, -1]])
def test_a_turned_map_lies_on_the_other_again(mirror):
    places = standard(np.random.default_rng(0).normal(size=(50, 2)))
    moved = 3 * turned(places, 130) * mirror + 7
    assert aligned(moved, places) == pytest.approx(places, abs=1e-9)


def test_aligning_never_bends():
    random = np.random.default_rng(0)
    places, other = random.normal(size=(2, 60, 2))
    before, after = nearest(places, 5), nearest(aligned(places, other), 5)
    assert np.array_equal(before.others, after.others)


@pytest.mark.parametrize(
    "features",
    [
        np.zeros((60, 5), np.float16),
        np.full((60, 5), np.nan, np.float16),
        np.where(np.arange(300).reshape(60, 5) == 7, np.inf, features_at(1, count=60)[:, :5]),
        features_at(1, count=20),
        features_at(1, count=1),
        np.ones((60, 1), np.float16),
    ],
    ids=["equal", "nan", "inf", "few", "one", "one column"],
)
def test_where_umap_has_nothing_to_go_by_it_is_pca(features, monkeypatch):
    monkeypatch.setattr(layouts, "umap", None)  # it is not even called
    found = make_map(4, features)
    assert (found.epoch, found.kind, found.kept) == (4, "pca", None)
    assert found.places.shape == (len(features), 2)
    assert found.places.dtype == np.float16
    assert np.isfinite(found.places).all()


@pytest.mark.parametrize("broken", ["raises", "nan"])
def test_where_umap_fails_no_stand_in_takes_its_place(broken, monkeypatch):
    def failing(features, near, start, settings):
        if broken == "raises":
            raise RuntimeError("numba")
        return np.full((len(features), 2), np.nan)

    monkeypatch.setattr(layouts, "umap", failing)
    with pytest.raises(MapFailed, match=r"UMAP (failed|gave places) at epoch 1"):
        make_map(1, features_at(1))


def test_without_umap_installed_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(layouts, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match="pip install umap-learn"):
        warm_up(tmp_path)


@pytest.mark.parametrize(
    ("beside", "home", "given"), [(True, False, False), (False, True, False), (False, False, True)]
)
def test_numba_gets_a_folder_where_it_has_none(beside, home, given, monkeypatch, tmp_path):
    """R35: in a container every map was silently made by PCA, and kept for ever."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(layouts, "make_map", lambda *parts: None)
    may = lambda folder: home if folder.is_relative_to(tmp_path / "home") else beside  # noqa: E731
    monkeypatch.setattr(layouts, "_writable", may)
    warm_up(tmp_path / "store")
    assert os.environ.get("NUMBA_CACHE_DIR") == (str(tmp_path / "store/numba") if given else None)


def test_nothing_heavy_is_loaded_for_pca(monkeypatch):
    real = builtins.__import__

    def guarded(name, *args, **kwargs):
        assert name.split(".")[0] not in ("umap", "numba", "torch")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", guarded)
    pca(features_at(1))


def test_umap_for_real(monkeypatch):
    """One test for all that needs the compiled UMAP: it takes ten seconds to get ready."""
    first = make_map(1, features_at(1))
    assert first.kind == "umap"
    assert np.array_equal(make_map(1, features_at(1)).places, first.places), "seeded"
    assert np.square(first.places.astype(float)).sum(1).mean() == pytest.approx(RADIUS**2, rel=0.01)

    following, alone = [first], [first]
    for epoch in (2, 3, 4, 5):
        following.append(make_map(epoch, features_at(epoch), following[-1].places))
        alone.append(make_map(epoch, features_at(epoch)))
    still = [movement(a.places, b.places) for a, b in pairwise(following)]
    apart = [movement(a.places, aligned(b.places, a.places)) for a, b in pairwise(alone)]
    assert max(still) < 0.5
    assert np.mean(still) < np.mean(apart), "a map begun at the one before moves less"
    chance = NEIGHBOURS / (len(features_at(1)) - 1)
    assert following[-1].kept > 2 * chance
    assert following[-1].kept > alone[-1].kept - 0.1, "and shows as much"

    # the three groups are apart at last: each sample's nearest is of its own group
    later = make_map(30, features_at(30)).places
    near = nearest(later, 1).others[:, 0]
    assert (near % 3 == np.arange(len(later)) % 3).mean() > 0.95

    flat = np.zeros((60, 4), np.float16)
    flat[:, 0] = np.arange(60)
    line = make_map(1, flat)  # PCA's second axis has no width, UMAP would divide by it
    assert line.kind == "umap"
    assert np.isfinite(line.places).all()

    features = features_at(2)
    with_start = umap(features, nearest(features, NEIGHBOURS), pca(features), FIRST)
    assert with_start.shape == (len(features), 2)
