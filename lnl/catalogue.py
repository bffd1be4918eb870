"""What there is to choose from, as plain values: for pages, and for the command line.

Cards of data sets, noise models and networks are those of ``lnl.data`` and ``lnl.networks``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl import data, networks
from lnl.data import DatasetCard, NoiseCard
from lnl.loss_explorer import PIECES, LossCurve, Piece, Scene, loss_curves, pieces_of
from lnl.method_cards import CodePart, MethodCard, PresetCard, code, method, methods
from lnl.networks import NetworkCard
from lnl.records import RunSpec
from lnl.training.forecast import Forecast, forecast

__all__ = [
    "PIECES",
    "CodePart",
    "DatasetCard",
    "Forecast",
    "LossCurve",
    "MethodCard",
    "NetworkCard",
    "NoiseCard",
    "Piece",
    "PresetCard",
    "Preview",
    "Scene",
    "code",
    "dataset",
    "datasets",
    "defaults",
    "download",
    "loss_curves",
    "method",
    "methods",
    "network_cards",
    "noises",
    "outlook",
    "pieces_of",
    "preview",
    "warm_up",
]


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
    open_set_rate: float  # share of images that belong to no class
    transition_matrix: NDArray[np.float64] | None  # [K, K], row = true class
    counted: bool  # the matrix was counted: this noise has none that could be asked for
    class_rates: NDArray[np.float64] | None  # [K] share of each true class with a wrong label
    given_counts: NDArray[np.int64]  # [K]
    true_counts: NDArray[np.int64] | None  # [K]
    fingerprint: str

    @property
    def requested_rates(self) -> NDArray[np.float64] | None:
        """Share of wrong labels that was asked for, [K]; None where the noise takes no rate."""
        if self.transition_matrix is None:
            return None
        if not self.counted:
            return np.asarray(1 - self.transition_matrix.diagonal())
        classes = len(self.class_names)
        return np.full(classes, self.nominal_rate) if self.nominal_rate else None


def warm_up() -> None:
    """Import what the first run of a process would wait for: 4 of its 5 s until the first epoch.

    Imports only: a run beside it may draw from torch's global generator.
    """
    for name in ("sklearn.datasets", "torch._dynamo"):  # the embedded data; torch's optimisers
        import_module(name)


def datasets(data_dir: str | Path | None = None) -> list[DatasetCard]:
    """All named data sets, with the files that are missing now."""
    return data.dataset_cards(data_dir)


def dataset(name: str, data_dir: str | Path | None = None) -> DatasetCard:
    """One named data set or .npz file. Raises BadInput that lists the known ones."""
    return data.dataset_card(name, data_dir)


def download(name: str, progress: Callable[[float, str], None]) -> None:
    """Fetch a data set; ``progress(share done, what)`` is called often. Raises BadInput."""
    data.download(name, progress=progress)


def noises(dataset: str = "digits") -> list[NoiseCard]:
    """All noise models, with their options and whether that data set can have them."""
    return data.noise_cards(dataset)


def network_cards(dataset: str = "digits") -> tuple[NetworkCard, ...]:
    """All networks, with their parameters for that data set's images."""
    card = data.dataset_card(dataset)
    return networks.network_cards(card.image_shape, card.num_classes)


def outlook(spec: RunSpec) -> Forecast:
    """Stages, network, batch size and resolved settings of a run; its data need not be there.

    Raises BadInput for all that is wrong with the spec itself.
    """
    return _outlook(spec.to_json())


@lru_cache(maxsize=256)  # a form asks at every click
def _outlook(spec: str) -> Forecast:
    return forecast(RunSpec.from_json(spec), data_must_be_there=False)


def defaults(method: str, dataset: str, preset: str | None = None) -> dict[str, Any]:
    """A method's settings on a data set if nobody says anything else. Raises BadInput."""
    spec = RunSpec(dataset=dataset, noise="none", rate=0.0, method=method, preset=preset)
    return dict(outlook(spec).settings)


def preview(spec: RunSpec, count: int = 24, mislabelled_first: bool = True) -> Preview:
    """Load the data of a spec and show ``count`` images, chosen by the noise seed.

    Raises BadInput for an unknown name, a wrong value, or files that are missing.
    """
    loaded = data.load_data(
        spec.dataset,
        noise=spec.noise,
        rate=spec.rate,
        seed=spec.noise_seed,
        limit=spec.limit,
        data_dir=spec.data_dir,
        **spec.noise_options,
    )
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
        images=loaded.train_images.numpy()[ids],
        given_labels=given[ids],
        true_labels=None if true is None else true[ids],
        num_train=len(given),
        nominal_rate=loaded.noise.nominal_rate,
        actual_rate=loaded.noise.actual_rate,
        open_set_rate=loaded.noise.open_set_rate,
        transition_matrix=None if matrix is None else matrix.double().numpy(),
        counted=loaded.noise.counted,
        class_rates=None if true is None else _class_rates(given, true, loaded.num_classes),
        given_counts=_counts(given, loaded.num_classes),
        true_counts=None if true is None else _counts(true, loaded.num_classes),
        fingerprint=loaded.fingerprint,
    )


def _class_rates(
    given: NDArray[np.int64], true: NDArray[np.int64], num_classes: int
) -> NDArray[np.float64]:
    wrong = _counts(true[given != true], num_classes)
    return wrong / np.maximum(_counts(true, num_classes), 1)


def _counts(labels: NDArray[np.int64], num_classes: int) -> NDArray[np.int64]:
    """Of each class; open-set labels, -1, belong to none."""
    return np.bincount(labels[labels >= 0], minlength=num_classes)
