"""Two dimensions for features: PCA at once, UMAP in a second; each laid onto the map before it.

*Source*: McInnes, Healy, Melville, UMAP (arXiv 1802.03426); Schönemann, the orthogonal Procrustes
problem (Psychometrika 31, 1966).
"""

from __future__ import annotations

import logging
import os
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput, MapFailed
from lnl.maps.neighbours import NEIGHBOURS, Neighbours, kept_share, nearest
from lnl.records import FeatureMap

SEED = 0
FIRST = {"n_epochs": 200, "learning_rate": 1.0}
NEXT = {"n_epochs": 50, "learning_rate": 0.3}  # from another map: a fifth of the movement
RADIUS = 5.0  # root mean square of every map, so that axes stay; float16 keeps 0.1 % of it
_FEWEST = 2 * NEIGHBOURS  # samples that UMAP is tried with

log = logging.getLogger(__name__)

Places = NDArray[np.floating[Any]]  # [P, 2]
Features = NDArray[np.floating[Any]]  # [P, D]


def pca(features: Features, like: Places | None = None) -> Places:
    """The first two principal axes [P, 2], turned to lie on ``like`` as well as they can."""
    clean = finite(features)
    centred = clean - clean.mean(0)
    if not centred.any(0).all():  # eigh need not converge on many features without width
        centred = centred[:, centred.any(0)]
    _, vectors = np.linalg.eigh(centred.T @ centred)
    found = centred @ vectors[:, -2:][:, ::-1]
    places = np.zeros((len(centred), 2))
    places[:, : found.shape[1]] = found
    if like is not None:
        return aligned(places, like)
    ends = places[np.abs(places).argmax(0), [0, 1]]
    return standard(places * np.where(ends < 0, -1, 1))  # an eigenvector has no sign of its own


def umap(features: Features, near: Neighbours, start: Places, settings: dict[str, float]) -> Places:
    """UMAP's layout [P, 2], begun at ``start``; seeded, so that equal input gives an equal map.

    ``near``: the neighbours; UMAP's own way to find them takes ten times longer for few samples.
    """
    # UMAP counts a sample among its own neighbours
    own = np.arange(len(features), dtype=np.int32)[:, None]
    others = np.hstack([own, near.others[:, :-1]])
    distances = np.hstack([np.zeros((len(own), 1), np.float32), near.distances[:, :-1]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is meant so: no transform, one thread
        from umap import UMAP

        model = UMAP(
            n_neighbors=NEIGHBOURS,
            init=start.astype(np.float32),
            precomputed_knn=(others, distances, None),
            random_state=SEED,
            n_jobs=1,
            **settings,
        )
        places: Places = model.fit_transform(np.asarray(features, np.float32))
    return places


def make_map(epoch: int, features: Features, start: Places | None = None) -> FeatureMap:
    """The map of an epoch, begun at another one, so that points move and nothing jumps.

    Where UMAP has nothing to go by (few samples, equal or broken features): PCA. Raises MapFailed
    where UMAP breaks: a stand-in would be kept as the map for ever.
    """
    flat = pca(features, start)
    if not usable(features):
        return FeatureMap(epoch, "pca", flat.astype(np.float16))
    near = nearest(features, NEIGHBOURS)
    begin = flat if start is None else np.asarray(start, np.float64)
    try:
        found = umap(features, near, _spread(begin), FIRST if start is None else NEXT)
    except Exception as error:  # UMAP, numba and what they stand on raise anything
        log.exception("UMAP failed at epoch %d", epoch)
        why = f"UMAP failed at epoch {epoch}: {type(error).__name__}: {error}"
        raise MapFailed(why) from error
    if not np.isfinite(found).all():
        raise MapFailed(f"UMAP gave places at epoch {epoch} that are no numbers")
    places = aligned(found, begin).astype(np.float16)
    return FeatureMap(epoch, "umap", places, kept_share(near, places))


def warm_up(store: Path) -> None:
    """Import and compile UMAP, 10 s of work.

    What numba compiles it keeps beside the packages or in the user's home; where it may write
    neither, as in containers, in the folder ``store``. Raises BadInput where UMAP is not installed,
    MapFailed where it does not work.
    """
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # a map shall not slow training
    if find_spec("umap") is None:
        raise BadInput("maps need UMAP, which is not installed: pip install umap-learn")
    if not _numba_has_a_place():
        os.environ.setdefault("NUMBA_CACHE_DIR", str(store / "numba"))
    make_map(0, np.random.default_rng(SEED).normal(size=(100, 4)))


def _numba_has_a_place() -> bool:
    """Whether compiled code can be kept without our help; else UMAP does not even load."""
    packages = [find_spec(name) for name in ("umap", "pynndescent")]
    beside = [
        Path(found.origin).parent / "__pycache__" for found in packages if found and found.origin
    ]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return all(map(_writable, beside)) or _writable(home)


def _writable(folder: Path) -> bool:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(there, os.W_OK)


def usable(features: Features) -> bool:
    """Whether there are neighbours to keep: enough samples, finite, and not all equal."""
    if len(features) < _FEWEST or not np.isfinite(features).all():
        return False
    return bool(np.ptp(np.asarray(features, np.float32), axis=0).max(initial=0) > 1e-6)


def finite(features: Features) -> NDArray[np.float64]:
    """The features with 0 for what is no number, and within what float16 holds."""
    return np.nan_to_num(np.asarray(features, np.float64), nan=0.0, posinf=6e4, neginf=-6e4)


def aligned(places: Places, like: Places) -> Places:
    """The same map turned or mirrored, never bent, to lie on another one."""
    moved, target = standard(places), standard(like)
    left, _, right = np.linalg.svd(moved.T @ target)
    turned: Places = moved @ (left @ right)
    return turned


def standard(places: Places) -> Places:
    """Around 0, with a root mean square radius of ``RADIUS``."""
    exact = np.asarray(places, np.float64)
    centred = exact - exact.mean(0)
    radius = np.sqrt(np.square(centred).sum(1).mean())
    scaled: Places = centred * (RADIUS / radius) if radius > 0 else centred
    return scaled


def _spread(start: Places) -> Places:
    """The start with a little noise where it has no width: UMAP divides by it."""
    exact = np.asarray(start, np.float64)
    if np.ptp(exact, axis=0).min() > 1e-3:
        return exact
    return exact + np.random.default_rng(SEED).normal(0, 1e-2, exact.shape)
