"""The feature maps of a run at all its epochs, as the store has them or as PCA makes them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from lnl.charts import ProbePoints
from lnl.errors import LnlError
from lnl.maps import making
from lnl.records import FeatureMap
from lnl.runs.store import RunStore

UNKNOWN = 3  # of the groups of a sample


def points(
    store: RunStore, run_id: str, epochs: Sequence[int], most: int
) -> list[ProbePoints | None]:
    """At each of these epochs the newest map up to it; None: no map.

    The maps have at most so many points together: of long runs not every epoch has its own.
    """
    try:
        facts = store.run(run_id).data
        data = store.data(facts.fingerprint)
        maps = _maps(store, run_id, most // max(len(data.probe), 1))
        found = {each.epoch: each for each in maps}
    except LnlError:  # a report without a map is still a report
        return [None] * len(epochs)
    reach = max((float(np.abs(each.places).max(initial=0.0)) for each in found.values()), default=0)
    given, groups = data.given_labels[data.probe], data.groups[data.probe]
    made = {
        epoch: ProbePoints(each, facts.fingerprint, reach, given, groups)
        for epoch, each in found.items()
    }
    known = sorted(made)
    before = (bisect_right(known, epoch) for epoch in epochs)
    return [made[known[place - 1]] if place else None for place in before]


def blind(found: ProbePoints | None) -> ProbePoints | None:
    """The same points as if nobody knew which are mislabelled."""
    return found and replace(found, groups=np.full_like(found.groups, UNKNOWN))


def _maps(store: RunStore, run_id: str, most: int) -> list[FeatureMap]:
    """Maps of one kind, for points that move from one kind to the other would tell nothing.

    Those in the store, unless some are missing and PCA, which takes milliseconds, can give all.
    """
    kept, made = store.probe_epochs(run_id), store.mapped(run_id)
    whole = set(kept) <= set(made)
    epochs = thinned(list(made) if whole else kept, most)
    each = store.map if whole else partial(making.instant, store)
    found = (each(run_id, epoch) for epoch in epochs)
    return [known for known in found if known is not None]


def thinned(epochs: Sequence[int], most: int) -> list[int]:
    """At most so many epochs, at least two, evenly spread, the first and the last among them."""
    count = min(len(epochs), max(most, 2))
    places = np.linspace(0, len(epochs) - 1, count).round().astype(int)
    return [epochs[place] for place in places]
