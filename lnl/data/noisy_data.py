"""A data set with noise on its labels, and the function that loads one by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lnl.data import noise as noises
from lnl.data.classes import told_apart
from lnl.data.fingerprints import BALANCED, FORMULAS, SCHEME, VALIDATED, with_validation
from lnl.data.images import ImageSet, Rows, rows_at
from lnl.data.labels import LabelSet, NoiseApplied
from lnl.data.noise.model import (
    OPEN_SET,
    NoiseInput,
    NoiseOutput,
    Sample,
    measured_transition_matrix,
)
from lnl.data.source import LabelledImages, Source, Split, data_folder, not_found
from lnl.data.sources import source_of
from lnl.data.split import choose, quotas
from lnl.data.validating import check_validation, parted, with_validation_images
from lnl.errors import BadInput
from lnl.records import MOST_RECORDED, DataFacts, RunSpec
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
    scheme: int = SCHEME  # of the draws and fingerprints
    notes: tuple[str, ...] = ()  # what a user should know of how the data were read
    validation: Split | None = None  # under given labels, noise and all: none else are assumed
    validation_is_true: bool = False  # no label of it is wrong, as far as is known
    held_out: bool = False  # the test images were held out of the training set
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
        if self.validation is not None:
            found = with_validation(found, self.validation)
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
        """[K], told apart where the data set has a name twice, or an empty one"""
        return told_apart(self.labels.class_names)

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
        return len(self.labels.class_names)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """C, H, W"""
        return self.images.shape

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """What networks see of a sample: C, H, W of an image, or D, 1, 1 of a vector."""
        columns = self.images.columns
        return (columns, 1, 1) if columns else self.image_shape

    @property
    def spec(self) -> DataSpec:
        """What a method may know."""
        return DataSpec(
            self.name,
            len(self.given_labels),
            self.num_classes,
            self.input_shape,
            self.recipe,
            self.images.columns > 0,
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
            noise_is_added=self.noise.added,
            recorded=MOST_RECORDED if len(self.given_labels) > MOST_RECORDED else 0,
            num_validation=len(self.validation.labels) if self.validation else 0,
            validation_is_true=self.validation_is_true,
            held_out=self.held_out,
            columns=self.images.columns,
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
    validation: float = 0.0,
    data_dir: str | Path | None = None,
    **options: Any,
) -> NoisyData:
    """The data set ``name`` (or the .npz file at that path) with noise on its training labels.

    ``limit`` keeps so many training samples, of each class its share; ``validation`` takes that
    share of them, noise and all, to validate on; ``options`` are the noise model's own.
    Raises BadInput for an unknown name, a wrong value, or files that are missing or malformed.
    """
    return _load(name, noise, rate, seed, limit, validation, data_dir, options, SCHEME)


def _load(
    name: str | Path,
    noise: str,
    rate: float,
    seed: int,
    limit: int | None,
    validation: float,
    data_dir: str | Path | None,
    options: Mapping[str, Any],
    scheme: int,
) -> NoisyData:
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
    random = np.random.RandomState(_checked_seed(seed))
    rate = rate if model.uses_rate else 0.0
    loaded = source.load(folder)
    if scheme < VALIDATED:
        loaded = loaded.as_before_validation()
    check_validation(validation, loaded.validation is not None)
    data, sample = _limited(loaded, limit, seed, scheme)
    drawn_on = with_validation_images(data) if model.adds else data
    out = model.draw(NoiseInput(drawn_on, source, folder, rate, resolved, random, sample))
    added = model.adds and not source.truth_is_known
    applied = NoiseApplied(noise, rate, seed, {**resolved, **out.options}, None, added=added)
    return _assemble(source, data, out, applied, validation, scheme)


def data_of(spec: RunSpec, scheme: int | None = None) -> NoisyData:
    """The data of a run, with fingerprints of its ``scheme``; None: the newest.

    Raises as ``load_data``.
    """
    return _load(
        spec.dataset,
        spec.noise,
        spec.rate,
        spec.noise_seed,
        spec.limit,
        spec.validation,
        spec.data_dir,
        spec.noise_options,
        scheme or SCHEME,
    )


def _limited(
    data: LabelledImages, limit: int | None, seed: int, scheme: int
) -> tuple[LabelledImages, Sample]:
    """So many of the training samples, and which they are."""
    if limit is not None and limit < 1:
        raise BadInput(f"limit must be at least 1 training sample, got {limit}")
    early = scheme < BALANCED
    if limit is None or limit >= len(data.train.labels):
        return data, Sample(offers_empty_classes=early)
    if early:
        places = np.arange(limit)
        rows: Rows = data.train.rows[:limit]
    else:
        labels = (data.train.labels if data.true_labels is None else data.true_labels).numpy()
        share = limit / len(labels)
        # apart from the noise of the same seed
        random = np.random.RandomState([seed, 1])
        chosen = choose(labels, quotas(np.bincount(labels), share), random)
        places = np.flatnonzero(chosen)
        rows = rows_at(data.train.rows, places)
    true = None if data.true_labels is None else data.true_labels[places]
    train = Split(rows, data.train.labels[places])
    return replace(data, train=train, true_labels=true), Sample(places, early)


def _checked_seed(seed: int) -> int:
    if not 0 <= seed < 2**32:
        raise BadInput(f"noise seed must lie in [0, {2**32 - 1}], got {seed}")
    return seed


def _assemble(
    source: Source,
    data: LabelledImages,
    out: NoiseOutput,
    applied: NoiseApplied,
    share: float,
    scheme: int,
) -> NoisyData:
    after = out.data or data
    given = torch.from_numpy(out.given_labels)
    true: Tensor | None = data.train.labels if data.true_labels is None else data.true_labels
    if out.true_labels is not None:
        true = torch.from_numpy(out.true_labels)
    if applied.model == "none" and not source.truth_is_known:
        true = None
    parts = parted(data, given, true, share, applied.seed)
    noise = _measured(applied, parts.given, parts.true, out, after.num_classes)
    return NoisyData(
        name=source.name,
        title=source.title,
        images=after.images,
        train_rows=parts.train_rows,
        test=after.test,
        labels=LabelSet(parts.given, parts.true, after.class_names, noise),
        recipe=source.recipe,
        scheme=scheme,
        notes=(*data.notes, *_not_used(data, applied.model)),
        validation=parts.validation,
        validation_is_true=parts.validation is not None
        and _validates_on_true(source, applied.model, data.validation is not None),
        held_out=data.held_out,
    )


def _validates_on_true(source: Source, model: str, own: bool) -> bool:
    """Whether no label to validate on is wrong: of images of the data's ``own``, or of a share."""
    if own:
        checked = source.labels_are_true or source.validation_is_true
        return checked and not noises.registered(model).adds
    return source.labels_are_true and model == "none"


def _not_used(data: LabelledImages, model: str) -> tuple[str, ...]:
    if data.true_labels is None or model == "none":
        return ()
    return ("Noise is drawn on the true labels; the given ones of the data are not used.",)


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
