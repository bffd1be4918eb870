"""What a spec comes to, before any data are loaded or any weights drawn; the one place for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lnl.data import data_of
from lnl.data import noise as noises
from lnl.data.source import Source, data_folder, not_found
from lnl.data.sources import source_of
from lnl.data.validating import check_validation
from lnl.errors import BadInput
from lnl.methods.registry import Registered, registered
from lnl.methods.schedule import StagePlan, scale, spans
from lnl.methods.settings import BareSettings
from lnl.networks import (
    ImageShape,
    adapted_recipe,
    check_kind,
    check_network,
    threads_of,
    trains_on_one,
)
from lnl.records import RunSpec, StageSpan
from lnl.shapes import DataSpec, Recipe
from lnl.training.placement import Placement, place

SEEDS = 2**63  # as many as a generator tells apart


@dataclass(frozen=True)
class ResolvedRun:
    """A run before its data are loaded."""

    spec: RunSpec  # as the run keeps it, with every default filled in
    recipe: Recipe  # the data set's, with what the preset, the network and the batch size change
    plan: tuple[StagePlan, ...]  # at the run's number of epochs
    placement: Placement
    method_title: str  # a wrapper's with its base's
    scaled: bool  # epochs of stages in the settings are shares of a schedule of another length

    @property
    def stages(self) -> tuple[StageSpan, ...]:
        """First and last epoch of each stage."""
        return spans(self.plan)


def resolve(spec: RunSpec, *, data_must_be_there: bool = True) -> ResolvedRun:
    """Everything that is not said filled in: by class, recipe, preset and what is said, in order.

    Runs no tensor operation and takes no lock. Raises BadInput for all that is wrong with the spec
    itself and, unless told otherwise, for data that have to be fetched first, and for noise that
    does not fit them.
    """
    _check_counts(spec)
    source = source_of(spec.dataset)
    options = _noise_options(spec, source)
    if data_must_be_there:
        _check_files(spec, source)
        if noises.registered(spec.noise).tried_first:
            data_of(replace(spec, noise_options=options))
    check_validation(spec.validation, source.num_validation > 0)
    check_patience(spec.patience, bool(spec.validation or source.num_validation))
    samples = min(spec.limit or source.num_train, source.num_train)
    samples -= round(spec.validation * samples)
    entry = registered(spec.method)
    told = DataSpec(
        source.name,
        samples,
        source.num_classes,
        source.input_shape,
        source.recipe,
        source.columns > 0,
    )
    data = adapted(entry, told, spec.settings, spec.preset, spec.network, spec.batch_size)
    recipe = data.recipe
    settings = entry.resolve(data, spec.settings, spec.preset)
    _check_oracle(entry, settings, spec, source)
    own = entry.cls.schedule(settings, recipe)
    plan = tuple(scale(own, spec.epochs or recipe.epochs or None))
    placement = place(spec.device, spec.precision, spec.threads or threads_of(recipe.network))
    check_batches(recipe.network, source.input_shape, recipe.batch_size, samples)
    epochs = sum(stage.epochs for stage in plan)
    return ResolvedRun(
        spec=replace(
            spec,
            dataset=source.name,
            rate=spec.rate if noises.registered(spec.noise).uses_rate else 0.0,
            noise_options=options,
            preset=entry.preset_name(source.name, spec.preset),
            settings=settings.model_dump(mode="json"),
            network=recipe.network,
            batch_size=recipe.batch_size,
            epochs=epochs,
            device=str(placement.device),
            precision=placement.precision,
            threads=placement.threads,
        ),
        recipe=recipe,
        plan=plan,
        placement=placement,
        method_title=entry.title_over(settings),
        scaled=epochs != sum(stage.epochs for stage in own),
    )


def adapted(
    entry: Registered,
    data: DataSpec,
    settings: Mapping[str, Any],
    preset: str | None = None,
    network: str | None = None,
    batch_size: int | None = None,
) -> DataSpec:
    """The data with the recipe of a run: the method's preset, the network's own, what is said.

    Raises BadInput for an unknown preset or network, and for images too small for the network.
    """
    recipe = replace(data.recipe, **entry.recipe_changes(data, settings, preset))
    recipe = replace(recipe, network=network or recipe.network)
    check_kind(recipe.network, data.is_table)
    recipe = adapted_recipe(recipe.network, recipe)
    recipe = replace(recipe, batch_size=batch_size or recipe.batch_size)
    check_network(recipe.network, data.image_shape, data.num_classes)
    return replace(data, recipe=recipe)


def _noise_options(spec: RunSpec, source: Source) -> dict[str, Any]:
    model = noises.registered(spec.noise)
    noises.checked_rate(spec.rate)
    reason = model.needs(source)
    if reason:
        raise BadInput(f"noise model {spec.noise!r} cannot be used here: {reason}")
    return noises.resolve_options(model, source, spec.noise_options)


def _check_oracle(entry: Registered, settings: BareSettings, spec: RunSpec, source: Source) -> None:
    asked = entry.asks(settings)
    if asked and spec.noise == "none" and not source.truth_is_known:
        names = " and the ".join(name.replace("_", " ") for name in sorted(asked))
        raise BadInput(
            f"{entry.title_over(settings)} must be told the {names}, which nobody knows of the "
            f"labels of {source.title}: choose settings that estimate it, or another method"
        )


def _check_files(spec: RunSpec, source: Source) -> None:
    folder = data_folder(spec.data_dir)
    missing = source.missing(folder) if source.missing else []
    if missing:
        raise not_found(source, folder, missing)


def check_batches(network: str, image_shape: ImageShape, size: int, samples: int) -> None:
    """Raises BadInput for batches of one image where the network cannot train on them."""
    if (size > 1 and samples != 1) or trains_on_one(network, image_shape):
        return
    height, width = image_shape[1:]
    what = "batch size" if size == 1 else "number of training images"
    raise BadInput(
        f"network {network!r} cannot train on one image of {height} x {width} at a time: its batch "
        f"norm would see one value per channel. Choose a {what} of 2 or more, or another network"
    )


def check_patience(patience: int, validated: bool) -> None:
    """Raises BadInput for a negative one, and for an early stop without validation images."""
    if patience < 0:
        raise BadInput(f"patience must be at least 1 epoch, or 0 for no early stop, got {patience}")
    if patience and not validated:
        raise BadInput(
            "an early stop needs validation images, and there are none: take a share of the "
            "training images, as in --validation 0.1, or bring images of your own to validate on"
        )


def _check_counts(spec: RunSpec) -> None:
    """Refuse numbers of epochs, samples, ... below 1, and seeds out of range."""
    for name in ("batch_size", "epochs", "limit", "evaluate_every", "threads"):
        value = getattr(spec, name)
        if value is not None and value < 1:
            raise BadInput(f"{name} must be at least 1, got {value}")
    for name in ("seed", "noise_seed"):
        if not 0 <= getattr(spec, name) < SEEDS:
            raise BadInput(
                f"{name} must be at least 0 and less than 2^63, got {getattr(spec, name)}"
            )
