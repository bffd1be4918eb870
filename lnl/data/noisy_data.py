"""A data set with noise on its labels, and the function that loads one by name."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lnl.data import noise as noises
from lnl.data.fingerprints import FORMULAS, SCHEME
from lnl.data.images import ImageSet, Rows
from lnl.data.labels import LabelSet, NoiseApplied
from lnl.data.noise.model import OPEN_SET, NoiseInput, NoiseOutput, measured_transition_matrix
from lnl.data.source import LabelledImages, Source, Split, data_folder, not_found
from lnl.data.sources import source_of
from lnl.errors import BadInput
from lnl.records import DataFacts, RunSpec
from lnl.shapes import DataSpec, Oracle, Recipe


@dataclass(frozen=True)
class NoisyData:
    """Images with given labels, and the true ones where they are known."""

    name: str
    title: str
    images: ImageSet
    train_rows: Rows  # of the images; N of them
    test: Split
    labels: LabelSet
    recipe: Recipe
    scheme: int = SCHEME  # of the fingerprints
    fingerprint: str = field(init=False)  # of all that a run sees, by the formula of the scheme

    def __post_init__(self) -> None:
        """Raises BadInput for a scheme that only a newer version of lnl knows."""
        if self.scheme not in FORMULAS:
            raise BadInput(
                f"the data of this run are told apart by scheme {self.scheme}, which a newer "
                "version of lnl has brought: update lnl"
            )
        formula = FORMULAS[self.scheme]
        found = formula(self.images, self.train_rows, self.test, self.labels)
        object.__setattr__(self, "fingerprint", found)

    @property
    def train_images(self) -> Tensor:
        """uint8 [N, C, H, W]"""
        return self.images.read(self.train_rows)

    @property
    def test_images(self) -> Tensor:
        """uint8 [M, C, H, W]"""
        return self.images.read(self.test.rows)

    @property
    def test_labels(self) -> Tensor:
        """int64 [M]"""
        return self.test.labels

    @property
    def given_labels(self) -> Tensor:
        """int64 [N]"""
        return self.labels.given

    @property
    def true_labels(self) -> Tensor | None:
        """int64 [N], -1 = open-set; None: unknown"""
        return self.labels.true

    @property
    def class_names(self) -> tuple[str, ...]:
        """[K]"""
        return self.labels.class_names

    @property
    def groups(self) -> Tensor:
        """0 clean, 1 mislabelled, 2 open-set, 3 unknown; int8 [N]"""
        return self.labels.groups

    @property
    def noise(self) -> NoiseApplied:
        """Where the given labels come from."""
        return self.labels.noise

    @property
    def num_classes(self) -> int:
        """K"""
        return len(self.class_names)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """C, H, W"""
        return self.images.shape

    @property
    def spec(self) -> DataSpec:
        """What a method may know."""
        return DataSpec(
            self.name, len(self.given_labels), self.num_classes, self.image_shape, self.recipe
        )

    @property
    def facts(self) -> DataFacts:
        """What is kept with a run."""
        return DataFacts(
            fingerprint=self.fingerprint,
            scheme=self.scheme,
            images_fingerprint=self.images.fingerprint if self.scheme > 1 else "",
            title=self.title,
            num_train=len(self.given_labels),
            num_test=len(self.test_labels),
            num_classes=self.num_classes,
            class_names=self.class_names,
            image_shape=self.image_shape,
            actual_noise_rate=self.noise.actual_rate,
            open_set_rate=self.noise.open_set_rate,
        )

    @property
    def oracle(self) -> Oracle:
        """What a method may read only if it declares so."""
        known = self.noise.actual_rate is not None
        return Oracle(
            self.noise.actual_rate,
            self.noise.model if known else None,
            self.noise.transition_matrix,
        )


def load_data(
    name: str | Path,
    *,
    noise: str = "none",
    rate: float = 0.0,
    seed: int = 0,
    limit: int | None = None,
    data_dir: str | Path | None = None,
    **options: Any,
) -> NoisyData:
    """The data set ``name`` (or the .npz file at that path) with noise on its training labels.

    ``limit`` keeps the first so many training samples; ``options`` are the noise model's own.
    Raises BadInput for an unknown name, a wrong value, or files that are missing or malformed.
    """
    model = noises.registered(noise)
    rate = noises.checked_rate(rate)
    folder = data_folder(data_dir)
    source = source_of(str(name))
    reason = model.needs(source)
    if reason:
        raise BadInput(f"noise model {noise!r} cannot be used here: {reason}")
    resolved = noises.resolve_options(model, source, options)
    missing = source.missing(folder) if source.missing else []
    if missing:
        raise not_found(source, folder, missing)
    data = _limited(source.load(folder), limit)
    random = np.random.RandomState(_checked_seed(seed))
    rate = rate if model.uses_rate else 0.0
    out = model.draw(NoiseInput(data, source, folder, rate, resolved, random))
    applied = NoiseApplied(noise, rate, seed, {**resolved, **out.options}, None)
    return _assemble(source, data, out, applied)


def data_of(spec: RunSpec, scheme: int | None = None) -> NoisyData:
    """The data of a run, with fingerprints of its ``scheme``; None: the newest.

    Raises as ``load_data``.
    """
    data = load_data(
        spec.dataset,
        noise=spec.noise,
        rate=spec.rate,
        seed=spec.noise_seed,
        limit=spec.limit,
        data_dir=spec.data_dir,
        **spec.noise_options,
    )
    return replace(data, scheme=scheme or data.scheme)


def _limited(data: LabelledImages, limit: int | None) -> LabelledImages:
    if limit is None:
        return data
    if limit < 1:
        raise BadInput(f"limit must be at least 1 training sample, got {limit}")
    rows, labels = data.train.rows[:limit], data.train.labels[:limit]
    return replace(data, train=Split(rows, labels))


def _checked_seed(seed: int) -> int:
    if not 0 <= seed < 2**32:
        raise BadInput(f"noise seed must lie in [0, {2**32 - 1}], got {seed}")
    return seed


def _assemble(
    source: Source, data: LabelledImages, out: NoiseOutput, applied: NoiseApplied
) -> NoisyData:
    data = out.data or data
    given = torch.from_numpy(out.given_labels)
    true: Tensor | None = data.train.labels
    if out.true_labels is not None:
        true = torch.from_numpy(out.true_labels)
    if applied.model == "none" and not source.labels_are_true:
        true = None
    noise = _measured(applied, given, true, out, data.num_classes)
    return NoisyData(
        name=source.name,
        title=source.title,
        images=data.images,
        train_rows=data.train.rows,
        test=data.test,
        labels=LabelSet(given, true, data.class_names, noise),
        recipe=source.recipe,
    )


def _measured(
    applied: NoiseApplied, given: Tensor, true: Tensor | None, out: NoiseOutput, num_classes: int
) -> NoiseApplied:
    if true is None:
        return applied
    if out.transition_matrix is not None:
        matrix = torch.from_numpy(out.transition_matrix)
    else:
        matrix = measured_transition_matrix(true, given, num_classes)
    return replace(
        applied,
        actual_rate=(given != true).double().mean().item(),
        open_set_rate=(true == OPEN_SET).double().mean().item(),
        transition_matrix=matrix.float(),
        counted=out.transition_matrix is None,
    )
