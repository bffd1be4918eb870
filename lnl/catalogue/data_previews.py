"""Data with noise on their labels as they are before anything is trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnl import data
from lnl.data.images import rows_at
from lnl.records import RunSpec


@dataclass(frozen=True)
class Preview:
    """Training data with noise on its labels, before anything is trained."""

    title: str
    class_names: tuple[str, ...]
    ids: NDArray[np.int64]  # [M] places in the training set
    images: NDArray[np.uint8]  # [M, C, H, W]
    given_labels: NDArray[np.int64]  # [M]
    true_labels: NDArray[np.int64] | None  # [M], -1 = open-set; None: unknown
    num_train: int
    nominal_rate: float
    actual_rate: float | None  # None: true labels unknown
    noise_is_added: bool  # to labels that may be wrong themselves: the rates count it alone
    open_set_rate: float  # share of images that belong to no class
    transition_matrix: NDArray[np.float64] | None  # [K, K], row = true class
    counted: bool  # the matrix was counted: this noise has none that could be asked for
    class_rates: NDArray[np.float64] | None  # [K] share of each true class with a wrong label
    given_counts: NDArray[np.int64]  # [K]
    true_counts: NDArray[np.int64] | None  # [K]
    fingerprint: str
    origins: tuple[str, ...]  # [M] where each of own data comes from, such as its row; (): unknown
    columns: int  # of a table of vectors, whose images are glyphs; 0: images

    @property
    def requested_rates(self) -> NDArray[np.float64] | None:
        """Share of wrong labels that was asked for, [K]; None where the noise takes no rate."""
        if self.transition_matrix is None:
            return None
        if not self.counted:
            return np.asarray(1 - self.transition_matrix.diagonal())
        classes = len(self.class_names)
        return np.full(classes, self.nominal_rate) if self.nominal_rate else None


def preview(spec: RunSpec, count: int = 24, mislabelled_first: bool = True) -> Preview:
    """Load the data of a spec and show ``count`` images, chosen by the noise seed.

    Raises BadInput for an unknown name, a wrong value, or files that are missing.
    """
    loaded = data.data_of(spec)
    given = loaded.given_labels.numpy()
    true = None if loaded.true_labels is None else loaded.true_labels.numpy()
    order = np.random.default_rng(spec.noise_seed).permutation(len(given))
    if mislabelled_first and true is not None:
        order = order[np.argsort(given[order] == true[order], kind="stable")]
    ids = order[:count]
    matrix = loaded.noise.transition_matrix
    return Preview(
        title=loaded.title,
        class_names=loaded.class_names,
        ids=ids,
        images=loaded.images.read(rows_at(loaded.train_rows, ids)).numpy(),
        given_labels=given[ids],
        true_labels=None if true is None else true[ids],
        num_train=len(given),
        nominal_rate=loaded.noise.nominal_rate,
        actual_rate=loaded.noise.actual_rate,
        noise_is_added=loaded.noise.added,
        open_set_rate=loaded.noise.open_set_rate,
        transition_matrix=None if matrix is None else matrix.double().numpy(),
        counted=loaded.noise.counted,
        class_rates=None if true is None else _class_rates(given, true, loaded.num_classes),
        given_counts=_counts(given, loaded.num_classes),
        true_counts=None if true is None else _counts(true, loaded.num_classes),
        fingerprint=loaded.fingerprint,
        origins=_origins(loaded, ids),
        columns=loaded.images.columns,
    )


def _origins(loaded: data.NoisyData, ids: NDArray[np.int64]) -> tuple[str, ...]:
    names = loaded.images.ids
    return tuple(names[int(loaded.train_rows[int(place)])] for place in ids) if names else ()


def _class_rates(
    given: NDArray[np.int64], true: NDArray[np.int64], num_classes: int
) -> NDArray[np.float64]:
    wrong = _counts(true[given != true], num_classes)
    return wrong / np.maximum(_counts(true, num_classes), 1)


def _counts(labels: NDArray[np.int64], num_classes: int) -> NDArray[np.int64]:
    """Of each class; open-set labels, -1, belong to none."""
    return np.bincount(labels[labels >= 0], minlength=num_classes)
