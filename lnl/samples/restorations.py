"""Restorations of some probe images at an epoch, and of one of them over the epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.records import Previews
from lnl.runs.store import RunStore
from lnl.runs.store.array_rows import Log
from lnl.runs.store.history import History

Errors = NDArray[np.float64]


@dataclass(frozen=True)
class Restorations:
    """What a decoder makes of augmented images at an epoch; arrays are [M] or [M, C, H, W].

    Errors are means of squared differences from the original, of pixel values in [0, 1].
    """

    epoch: int
    ids: NDArray[np.int64]  # places in the training set
    images: Previews

    @property
    def errors(self) -> Errors:
        """Of the restored images [M]."""
        return error(self.images.restored, self.images.original)

    @property
    def augmented_errors(self) -> Errors:
        """Of the images that the network was shown [M]."""
        return error(self.images.augmented, self.images.original)


@dataclass(frozen=True)
class Course:
    """One image's restorations over the epochs; arrays begin with [epochs]."""

    epochs: NDArray[np.int64]
    restored: NDArray[np.uint8]  # [epochs, C, H, W]
    errors: Errors


def error(images: NDArray[np.uint8], originals: NDArray[np.uint8]) -> Errors:
    """Mean squared difference of pixel values in [0, 1], over the last three dimensions."""
    apart = (images.astype(np.float64) - originals.astype(np.float64)) / 255
    found: Errors = (apart**2).mean(axis=(-3, -2, -1))
    return found


def restorations_at(store: RunStore, run_id: str, epoch: int | None = None) -> Restorations | None:
    """At the newest epoch that has some, up to ``epoch`` where given; None if there is none."""
    logs = _logs(store.history(run_id))
    kept = [n for log in logs for n in log.readable if epoch is None or n <= epoch]
    if not kept:
        return None
    images = store.previews(run_id, kept[-1])
    if images is None:
        return None
    probe = store.data(store.run(run_id).data.fingerprint).probe
    return Restorations(kept[-1], spread(probe, len(images.original)), images)


def course(store: RunStore, run_id: str, place: int, most: int) -> Course:
    """The image at a place [M] at so many epochs at most, evenly chosen, the last included."""
    logs = _logs(store.history(run_id))
    epochs = np.asarray([n for log in logs for n in log.readable], np.int64)
    restored = [row for log in logs for row in log.column("previews.restored")[:, place]]
    original = logs[0].column("previews.original")[0, place]
    chosen = np.unique(np.linspace(0, len(epochs) - 1, min(most, len(epochs))).round().astype(int))
    images = np.stack([restored[number] for number in chosen])
    return Course(epochs[chosen], images, error(images, original))


def has_restorations(store: RunStore, run_id: str) -> bool:
    """Whether any epoch of the run kept some."""
    return any(log.readable for log in _logs(store.history(run_id)))


def spread(probe: NDArray[Any], count: int) -> NDArray[np.int64]:
    """The samples of the probe that are restored: ``count`` of them, evenly spread."""
    return np.asarray(probe[:: max(1, len(probe) // count)][:count], np.int64)


def _logs(history: History) -> list[Log]:
    return [log for log in history.logs if "previews.restored" in log.layout.offsets]
