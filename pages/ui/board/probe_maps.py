"""The maps of runs as a board shows them: from the store, or by PCA until they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lnl.charts import ProbePoints
from lnl.charts.probe_points import UnseenPoints
from lnl.errors import LnlError
from lnl.findings import RunRecords
from lnl.maps import making
from lnl.maps.placing import placed
from lnl.records import FeatureMap, RunInfo, SampleRow
from lnl.runs.store.kept_data import KeptData
from pages.ui.shell import state


@dataclass(frozen=True)
class Stand:
    """Which map of a run is shown; whatever is drawn of it is cached by this."""

    run: str
    epoch: int  # 0: none can be shown
    made: bool = False  # False: PCA meanwhile
    reach: float = 0.0  # the largest coordinate on any map of the run
    unseen: bool = False  # with the test images


def stand(run: RunInfo, epoch: int | None) -> Stand:
    """The newest epoch with features, up to ``epoch``; its map is wished for if it is not made.

    With the test images, if the epoch kept theirs.
    """
    found = RunRecords(run, state.records(run)).at(epoch)
    probe_epochs, unseen_epochs = _kept_epochs(run.id, run.last_epoch)
    epochs = [e for e in probe_epochs if found and e <= found.epoch]
    made = state.store().mapped(run.id)
    if not epochs:  # a slim recording keeps maps, but not what they were made of
        epochs = [e for e in made if found and e <= found.epoch]
    if not epochs:
        return Stand(run.id, 0)
    if epochs[-1] not in made:
        state.map_maker().want(run.id, epochs[-1])
    epoch, reach = epochs[-1], max(made.values(), default=0.0)
    return Stand(run.id, epoch, epoch in made, reach, epoch in unseen_epochs)


@st.cache_data(max_entries=64, show_spinner=False)
def _kept_epochs(run_id: str, last_epoch: int) -> tuple[list[int], list[int]]:
    """With features of samples, with features of test images."""
    return state.store().probe_epochs(run_id), state.store().unseen_epochs(run_id)


def points(shown: Stand, truth: bool) -> ProbePoints | None:
    """The map with what is known of its samples; None where there is none. Raises StoreError."""
    store = state.store()
    found = store.map(shown.run, shown.epoch) if shown.made else None
    if found is None and shown.epoch:
        found = making.instant(store, shown.run, shown.epoch)
    if found is None:
        return None
    facts = store.run(shown.run).data
    data = store.data(facts.fingerprint)
    probe = data.probe
    known = truth and data.true_labels is not None
    own = float(np.abs(found.places).max(initial=0.0))
    return ProbePoints(
        found=found,
        fingerprint=facts.fingerprint,
        reach=max(shown.reach, own),
        given=data.given_labels[probe],
        groups=data.groups[probe] if known else np.full(len(probe), 3, np.int8),
        true=data.true_labels[probe] if known and data.true_labels is not None else None,
        **_beliefs(shown, data),
        unseen=_unseen(shown, found, facts.fingerprint) if shown.unseen else None,
    )


def _unseen(shown: Stand, found: FeatureMap, fingerprint: str) -> UnseenPoints | None:
    """The test images on that map; made when asked for, in some 10 ms, so it is not kept."""
    store = state.store()
    try:
        features = store.probe_features(shown.run, found.epoch)
        row, true = store.unseen(shown.run, found.epoch), store.unseen_images(fingerprint).labels
    except LnlError:  # a map without test images is still a map
        return None
    if features is None or row is None or len(row.features) != len(true):
        return None
    places = placed(row.features, features, found)
    return UnseenPoints(places, true, row.prediction.astype(np.int64), row.confidence)


def _beliefs(shown: Stand, data: KeptData) -> dict[str, NDArray[Any] | None]:
    """What the run made of the probe at that epoch, as far as it was kept."""
    try:
        ids, row = state.store().samples(shown.run, shown.epoch)
    except LnlError:  # a map without the samples' values is still a map
        return {}
    places = np.minimum(np.searchsorted(ids, data.probe), len(ids) - 1)
    there = ids[places] == data.probe
    return {name: _of(column, places, there) for name, column in _columns(row).items()}


def _columns(row: SampleRow) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {
        "prediction": row.prediction.astype(np.int64),
        "confidence": row.confidence,
    }
    if "cluster" in row.values and not np.isnan(row.values["cluster"]).all():
        found["cluster"] = row.values["cluster"]
    return found


def _of(column: NDArray[Any], places: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[Any]:
    missing = -1 if column.dtype.kind in "iu" else np.nan
    return np.where(there, column[places], missing)
