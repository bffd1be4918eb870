"""A data set with noise on its labels, and the function that loads one by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lnl.data import noise as noises
from lnl.data.noise.model import OPEN_SET, NoiseInput, NoiseOutput, measured_transition_matrix
from lnl.data.source import LabelledImages, Source, data_folder, not_found
from lnl.data.sources import source_of
from lnl.errors import BadInput
from lnl.records import DataFacts
from lnl.shapes import DataSpec, Oracle, Recipe


@dataclass(frozen=True)
class NoiseApplied:
    """The noise on a data set, as it was asked for and as it came out."""

    model: str
    nominal_rate: float
    seed: int
    options: dict[str, Any]  # resolved
    actual_rate: float | None  # share with given != true label; None: true labels unknown
    open_set_rate: float = 0.0  # share that belongs to no class
    transition_matrix: Tensor | None = None  # [K, K], row = true class; nominal, else counted
    counted: bool = False  # the matrix is what came out: the noise has no nominal one


@dataclass(frozen=True)
class NoisyData:
    """Images with given labels, and the true ones where they are known."""

    name: str
    title: str
    train_images: Tensor  # uint8 [N, C, H, W]
    given_labels: Tensor  # int64 [N]
    true_labels: Tensor | None  # int64 [N], -1 = open-set; None: unknown
    test_images: Tensor  # uint8 [M, C, H, W]
    test_labels: Tensor  # int64 [M]
    class_names: tuple[str, ...]
    recipe: Recipe
    noise: NoiseApplied
    fingerprint: str = field(default="")

    @property
    def num_classes(self) -> int:
        """K"""
        return len(self.class_names)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """C, H, W"""
        channels, height, width = self.train_images.shape[1:]
        return channels, height, width

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

    @property
    def groups(self) -> Tensor:
        """0 clean, 1 mislabelled, 2 open-set, 3 unknown; int8 [N]."""
        if self.true_labels is None:
            return torch.full_like(self.given_labels, 3, dtype=torch.int8)
        groups = (self.given_labels != self.true_labels).to(torch.int8)
        return groups.masked_fill(self.true_labels == OPEN_SET, 2)


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


def _limited(data: LabelledImages, limit: int | None) -> LabelledImages:
    if limit is None:
        return data
    if limit < 1:
        raise BadInput(f"limit must be at least 1 training sample, got {limit}")
    return replace(
        data, train_images=data.train_images[:limit], train_labels=data.train_labels[:limit]
    )


def _checked_seed(seed: int) -> int:
    if not 0 <= seed < 2**32:
        raise BadInput(f"noise seed must lie in [0, {2**32 - 1}], got {seed}")
    return seed


def _assemble(
    source: Source, data: LabelledImages, out: NoiseOutput, applied: NoiseApplied
) -> NoisyData:
    data = out.data or data
    given = torch.from_numpy(out.given_labels)
    true: Tensor | None = data.train_labels
    if out.true_labels is not None:
        true = torch.from_numpy(out.true_labels)
    if applied.model == "none" and not source.labels_are_true:
        true = None
    return NoisyData(
        name=source.name,
        title=source.title,
        train_images=data.train_images,
        given_labels=given,
        true_labels=true,
        test_images=data.test_images,
        test_labels=data.test_labels,
        class_names=data.class_names,
        recipe=source.recipe,
        noise=_measured(applied, given, true, out, data.num_classes),
        fingerprint=_fingerprint(data, given, true),
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


def _fingerprint(data: LabelledImages, given: Tensor, true: Tensor | None) -> str:
    digest = blake2b(digest_size=16)
    parts: Mapping[str, Tensor | None] = {
        "train_images": data.train_images,
        "given_labels": given,
        "true_labels": true,
        "test_images": data.test_images,
        "test_labels": data.test_labels,
    }
    for name, part in parts.items():
        digest.update(f"{name} {None if part is None else tuple(part.shape)};".encode())
        if part is not None:
            digest.update(part.contiguous().numpy().data)
    digest.update("\n".join(data.class_names).encode())
    return digest.hexdigest()
