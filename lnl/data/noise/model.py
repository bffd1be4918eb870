"""What a noise model is: the registry, what a model is given, and what it returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnl.data.source import LabelledImages, Source
from lnl.errors import BadInput, unknown

OPEN_SET = -1  # the true label of a sample that belongs to no class


@dataclass(frozen=True)
class NoiseOption:
    """One choice of a noise model. With ``choices``, one of them; the first is the default."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    default: Any = None


@dataclass(frozen=True)
class Sample:
    """Which of a source's training samples are used, where it is not all of them."""

    places: NDArray[np.int64] | None = None  # [N] in the training set of the source; None: all
    offers_empty_classes: bool = False  # as runs of the first schemes were drawn

    def of(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the labels of all training samples that are used, [N]."""
        return labels if self.places is None else labels[self.places]


@dataclass(frozen=True)
class NoiseInput:
    """The labels taken as true, and what a model may draw from."""

    data: LabelledImages
    source: Source
    folder: Path
    rate: float
    options: Mapping[str, Any]
    random: np.random.RandomState
    sample: Sample = Sample()

    @property
    def true_labels(self) -> NDArray[np.int64]:
        """[N]"""
        known = self.data.true_labels
        labels: NDArray[np.int64] = (self.data.train.labels if known is None else known).numpy()
        return labels

    @property
    def offered(self) -> NDArray[np.bool_]:
        """The classes that an image may be given by mistake, [K]: those that have images."""
        if self.sample.offers_empty_classes:
            return np.ones(self.data.num_classes, bool)
        return np.bincount(self.true_labels, minlength=self.data.num_classes) > 0


@dataclass(frozen=True)
class NoiseOutput:
    """Given labels, and what else the model changed. ``data`` None: the data stay as they are."""

    given_labels: NDArray[np.int64]  # [N]
    transition_matrix: NDArray[np.float64] | None  # nominal [K, K]; None: only measured
    true_labels: NDArray[np.int64] | None = None  # [N] where they changed, -1 = open-set
    data: LabelledImages | None = None
    options: Mapping[str, Any] = field(default_factory=dict)  # those resolved by the model


Model = Callable[[NoiseInput], NoiseOutput]


@dataclass(frozen=True)
class NoiseModel:
    """A registered noise model."""

    name: str
    title: str
    summary: str
    source: str
    draw: Model
    options: Callable[[Source], tuple[NoiseOption, ...]]
    uses_rate: bool
    needs: Callable[[Source], str]  # why a data set cannot have this noise; "" if it can
    adds: bool  # false: it says which labels are right or wrong, and makes none wrong
    tried_first: bool  # what is wrong shows only once the data are there: before a run is kept


_REGISTRY: dict[str, NoiseModel] = {}


def register(
    name: str,
    *,
    title: str,
    source: str,
    options: Callable[[Source], tuple[NoiseOption, ...]] = lambda source: (),
    uses_rate: bool = True,
    needs: Callable[[Source], str] = lambda source: "",
    adds: bool = True,
    tried_first: bool = False,
) -> Callable[[Model], Model]:
    """Register a noise model; its summary is the first line of its docstring."""

    def add(draw: Model) -> Model:
        summary = (draw.__doc__ or "").strip().split("\n")[0]
        _REGISTRY[name] = NoiseModel(
            name, title, summary, source, draw, options, uses_rate, needs, adds, tried_first
        )
        return draw

    return add


def registered(name: str) -> NoiseModel:
    """The noise model of that name. Raises BadInput that lists the known ones."""
    if name not in _REGISTRY:
        raise unknown("noise model", name, _REGISTRY)
    return _REGISTRY[name]


def all_noise_models() -> list[NoiseModel]:
    """Every noise model, in order of registration."""
    return list(_REGISTRY.values())


def resolve_options(model: NoiseModel, source: Source, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options with their defaults filled in. Raises BadInput for a wrong name or value."""
    known = {option.name: option for option in model.options(source)}
    for name in given:
        if name not in known:
            raise unknown(f"option of the noise model {model.name!r}:", name, known or ["(none)"])
    resolved = {}
    for name, option in known.items():
        value = given.get(name)
        if value is None:
            value = option.choices[0] if option.choices else option.default
        if option.choices and value not in option.choices:
            raise unknown(f"{name} of the noise model {model.name!r}:", str(value), option.choices)
        resolved[name] = value
    return resolved


def checked_rate(rate: float) -> float:
    """``rate`` if it lies in [0, 1]. Raises BadInput otherwise."""
    if isinstance(rate, bool) or not isinstance(rate, int | float | np.number):
        raise BadInput(f"noise rate must be a number in [0, 1], got {rate!r}")
    if not 0 <= rate <= 1:
        hint = f"; write {rate / 100:g} for {rate:g} %" if 1 < rate <= 100 else ""
        raise BadInput(f"noise rate must lie in [0, 1], got {rate:g}{hint}")
    return float(rate)


def measured_transition_matrix(
    true_labels: Tensor, given_labels: Tensor, num_classes: int
) -> Tensor:
    """Share of each true class (row) that was given each label, float64 [K, K].

    Open-set samples are left out; a class without samples keeps its label.
    """
    closed = true_labels != OPEN_SET
    places = true_labels[closed] * num_classes + given_labels[closed]
    counts = torch.bincount(places, minlength=num_classes**2).view(num_classes, num_classes)
    counts = counts.double()
    sizes = counts.sum(dim=1, keepdim=True)
    unchanged = torch.eye(num_classes, dtype=torch.float64)
    return torch.where(sizes > 0, counts / sizes.clamp_min(1), unchanged)
