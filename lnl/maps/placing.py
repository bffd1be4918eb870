"""Places for images that a map was not made of: they stand on it, and it stays as it is.

On a map by PCA they are projected as the samples were, which is exact. UMAP has no formula: there
an image stands in the middle (the median) of the few samples whose features are nearest to its own.
A median stays within a group where a mean of neighbours from two groups would stand between both:
on digits and MNIST it keeps 1 to 8 points more of the 15 nearest than the weighted mean of 15 that
UMAP's own transform begins with (23 to 52 %), and 3 to 8 fewer than samples keep. An image unlike
all samples is drawn among them all the same.
"""

from __future__ import annotations

import numpy as np

from lnl.maps.layouts import Features, Places, finite
from lnl.maps.neighbours import nearest_among
from lnl.records import FeatureMap

NEIGHBOURS = 5
_NEGLIGIBLE = 1e-3  # share of the widest axis: float16 places say nothing of narrower ones


def placed(unseen: Features, features: Features, on: FeatureMap) -> Places:
    """Places [T, 2] of the features ``unseen`` [T, D] on a map of ``features`` [P, D]."""
    others, known = finite(unseen), finite(features)
    places = np.asarray(on.places, np.float64)
    if on.kind == "pca":
        middle = known.mean(0)
        axes, *_ = np.linalg.lstsq(known - middle, places, rcond=_NEGLIGIBLE)
        projected: Places = (others - middle) @ axes
        return projected
    near = nearest_among(others, known, min(NEIGHBOURS, len(known)))
    middles: Places = np.median(places[near.others], axis=1)
    return middles
