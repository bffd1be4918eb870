"""The feature maps of a run at all its epochs, as the store has them or as PCA makes them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lnl.charts import ProbePoints
from lnl.errors import LnlError
from lnl.maps import making
from lnl.records import FeatureMap
from lnl.runs.store import RunStore

UNKNOWN = 3  # of the groups of a sample


def points(store: RunStore, run_id: str, epochs: Sequence[int]) -> list[ProbePoints | None]:
    """At each of these epochs the newest map up to it; None: no map."""
    try:
        found = {each.epoch: each for each in _maps(store, run_id)}
        facts = store.run(run_id).data
        data = store.data(facts.fingerprint)
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


def _maps(store: RunStore, run_id: str) -> list[FeatureMap]:
    """All maps of one kind, for points that move from one kind to the other would tell nothing.

    Those in the store, unless some are missing and PCA, which takes milliseconds, can give all.
    """
    kept, made = store.probe_epochs(run_id), store.mapped(run_id)
    if set(kept) <= set(made):
        found = (store.map(run_id, epoch) for epoch in made)
    else:
        found = (making.instant(store, run_id, epoch) for epoch in kept)
    return [each for each in found if each is not None]
