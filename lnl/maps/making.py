"""Which map to make next, from which other map it begins, and where it goes: into the store."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Condition

from lnl.maps.layouts import Places, make_map, pca
from lnl.records import FeatureMap
from lnl.runs.store import RunStore
from lnl.runs.store.kept_maps import mapped_on

Job = tuple[str, int]  # run, epoch


def start_of(store: RunStore, run_id: str, epoch: int, count: int) -> Places | None:
    """The map of ``count`` samples to begin at: of the nearest epoch of the run.

    For a run's first map that of another run on the same images, if any: then equal samples lie at
    similar places, and maps of methods can be compared.
    """
    others = mapped_on(store.database, store.run(run_id).data)
    for candidate in dict.fromkeys([run_id, *others]):
        wide = [e for e, reach in store.mapped(candidate).items() if reach > 0]
        if not wide:
            continue
        found = store.map(candidate, min(wide, key=lambda e: abs(e - epoch)))
        if found is not None and len(found.places) == count:
            return found.places
    return None


def instant(store: RunStore, run_id: str, epoch: int) -> FeatureMap | None:
    """A map by PCA, in milliseconds, turned to lie on the maps that there are; it is not kept."""
    features = store.probe_features(run_id, epoch)
    if features is None:
        return None
    like = start_of(store, run_id, epoch, len(features))
    if like is None:  # no map yet: all epochs are turned like the first
        first = store.probe_features(run_id, store.probe_epochs(run_id)[0])
        like = None if first is None else pca(first)
    return FeatureMap(epoch, "pca", pca(features, like).astype("<f2"))


def make(store: RunStore, run_id: str, epoch: int) -> FeatureMap | None:
    """Make one map and keep it; None where the epoch has kept no features.

    Raises StoreError, and MapFailed where UMAP breaks.
    """
    features = store.probe_features(run_id, epoch)
    if features is None:
        return None
    found = make_map(epoch, features, start_of(store, run_id, epoch, len(features)))
    store.keep_map(run_id, found)
    return found


def missing(store: RunStore, run_id: str) -> list[int]:
    """Epochs that could have a map and have none, those beside a map first, the newest first."""
    there = store.mapped(run_id)
    epochs = [epoch for epoch in store.probe_epochs(run_id) if epoch not in there]
    return sorted(epochs, key=lambda e: (min((abs(e - t) for t in there), default=0), -e))


def make_all(store: RunStore, run_id: str) -> Iterator[FeatureMap]:
    """The maps that a run lacks, in the order of its epochs."""
    for epoch in sorted(missing(store, run_id)):
        found = make(store, run_id, epoch)
        if found is not None:
            yield found


class Wishes:
    """What the screen waits for, the newest wish first; then what replaying will ask for."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._jobs: list[Job] = []
        self._runs: dict[str, None] = {}  # whose maps are looked at, in the order of the wishes
        self._given_up: set[Job] = set()

    def add(self, run_id: str, epoch: int) -> None:
        """A wish; repeated, it becomes the newest."""
        with self._changed:
            if (run_id, epoch) in self._jobs:
                self._jobs.remove((run_id, epoch))
            self._jobs.append((run_id, epoch))
            self._runs.pop(run_id, None)
            self._runs[run_id] = None
            self._changed.notify_all()

    def give_up(self, job: Job) -> None:
        """Never offer it again."""
        self._given_up.add(job)

    def wanted(self) -> Job | None:
        """The newest wish, taken off the list."""
        with self._changed:
            return self._jobs.pop() if self._jobs else None

    def to_fill(self, store: RunStore) -> Job | None:
        """Of the runs looked at, an epoch that nobody waits for yet."""
        with self._changed:
            runs = list(reversed(self._runs))
        for run_id in runs:
            for epoch in missing(store, run_id):
                if (run_id, epoch) not in self._given_up:
                    return run_id, epoch
        return None

    def wait(self, seconds: float | None = None) -> None:
        """Until there is a wish, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._jobs), seconds)
