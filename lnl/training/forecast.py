"""What a spec would do, told without loading its data: so that bad input is refused at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from lnl.data import ImageSet, LabelSet, NoiseApplied, NoisyData, Split
from lnl.data import noise as noises
from lnl.data.source import Source, data_folder, not_found
from lnl.data.sources import source_of
from lnl.errors import BadInput
from lnl.methods.base import Method
from lnl.methods.registry import registered
from lnl.networks import threads_of
from lnl.records import RunSpec, StageSpan
from lnl.training.placement import place
from lnl.training.prepare import check_batches, check_counts, make_method
from lnl.training.schedule import scale, spans


@dataclass(frozen=True)
class Forecast:
    """What is known of a run before its data are loaded."""

    method_title: str  # a wrapper's with its base's
    stages: tuple[StageSpan, ...]
    placement: str  # such as "CPU, 2 threads, float32"
    device: str  # this and all below: resolved
    precision: str
    threads: int
    network: str
    batch_size: int
    settings: dict[str, Any]
    noise_options: dict[str, Any]
    preset: str | None
    rate: float  # 0 where the noise model has none
    scaled: bool  # epochs of stages in the settings are shares of a schedule of another length

    @property
    def epochs(self) -> int:
        """Of the whole schedule."""
        return self.stages[-1].last

    def resolved(self, spec: RunSpec) -> RunSpec:
        """The spec that this is of, as a run keeps it, with every default filled in."""
        names = ("device", "precision", "threads", "network", "batch_size", "epochs", "preset")
        told = {name: getattr(self, name) for name in (*names, "rate", "settings", "noise_options")}
        return replace(spec, **told)


def forecast(spec: RunSpec, *, data_must_be_there: bool = True) -> Forecast:
    """The schedule and the resolved settings of a run.

    Raises BadInput for all that is wrong with the spec itself and, unless told otherwise, for data
    that have to be fetched first.
    """
    check_counts(spec)
    source = source_of(spec.dataset)
    options = _noise_options(spec, source)
    if data_must_be_there:
        _check_files(spec, source)
    method = _stand_in_method(spec, source)
    recipe = method.spec.recipe
    threads = spec.threads or threads_of(method.network_name)
    placement = place(spec.device, spec.precision, threads)
    size = spec.batch_size or recipe.batch_size
    samples = min(spec.limit or source.num_train, source.num_train)
    check_batches(method.network_name, source.image_shape, size, samples)
    own = method.stages()
    stages = spans(scale(own, spec.epochs or recipe.epochs or None))
    entry = registered(spec.method)
    return Forecast(
        method_title=entry.title_over(method.settings),
        stages=stages,
        placement=placement.title,
        device=str(placement.device),
        precision=placement.precision,
        threads=placement.threads,
        network=method.network_name,
        batch_size=size,
        settings=method.settings.model_dump(mode="json"),
        noise_options=options,
        preset=entry.preset_name(source.name, spec.preset),
        rate=spec.rate if noises.registered(spec.noise).uses_rate else 0.0,
        scaled=stages[-1].last != sum(stage.epochs for stage in own),
    )


def _noise_options(spec: RunSpec, source: Source) -> dict[str, Any]:
    model = noises.registered(spec.noise)
    noises.checked_rate(spec.rate)
    reason = model.needs(source)
    if reason:
        raise BadInput(f"noise model {spec.noise!r} cannot be used here: {reason}")
    return noises.resolve_options(model, source, spec.noise_options)


def _check_files(spec: RunSpec, source: Source) -> None:
    folder = data_folder(spec.data_dir)
    missing = source.missing(folder) if source.missing else []
    if missing:
        raise not_found(source, folder, missing)


def _stand_in_method(spec: RunSpec, source: Source) -> Method:
    """The method on one black image a class: its schedule follows from settings alone."""
    labels = torch.arange(source.num_classes)
    images = torch.zeros(len(labels), *source.image_shape, dtype=torch.uint8)
    matrix = torch.eye(len(labels))
    data = NoisyData(
        name=source.name,
        title=source.title,
        images=ImageSet(images),
        train_rows=range(len(labels)),
        test=Split(range(len(labels)), labels),
        labels=LabelSet(
            labels,
            labels,
            tuple(map(str, range(len(labels)))),
            NoiseApplied(
                spec.noise, spec.rate, spec.noise_seed, {}, spec.rate, transition_matrix=matrix
            ),
        ),
        recipe=source.recipe,
    )
    return make_method(
        spec.method,
        data,
        network=spec.network,
        seed=spec.seed,
        preset=spec.preset,
        **spec.settings,
    )
