"""From a spec, or from a name and some data, to a method and its trainer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from lnl.data import NoisyData, data_of
from lnl.errors import BadInput
from lnl.methods.base import Method
from lnl.methods.registry import registered
from lnl.networks import ImageShape, threads_of, trains_on_one
from lnl.records import EpochRecord, RunSpec
from lnl.shapes import Recipe
from lnl.training.memory import no_memory, shortage
from lnl.training.placement import place
from lnl.training.plan import Plan
from lnl.training.randomness import initialising
from lnl.training.trainer import Trainer

SEEDS = 2**63  # as many as a generator tells apart


@dataclass(frozen=True)
class RunResult:
    """What ``train`` returns."""

    method: Method
    records: list[EpochRecord]

    @property
    def test_accuracy(self) -> float:
        """At the last epoch, in [0, 1]."""
        return self.records[-1].test_accuracy or 0.0


def make_method(
    name: str,
    data: NoisyData,
    *,
    network: str | None = None,
    seed: int = 0,
    preset: str | None = None,
    **settings: Any,
) -> Method:
    """A method by name for this data, its weights drawn by ``seed``.

    Raises BadInput for an unknown name, preset or network and for settings out of range.
    """
    entry = registered(name)
    changes = entry.recipe_changes(data.spec, settings, preset)
    spec = replace(data.spec, recipe=_adapted(data.recipe, changes))
    with initialising(seed, "weights"):
        return entry.make(
            spec, settings, data.given_labels, network or spec.recipe.network, data.oracle, preset
        )


def _adapted(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    known = {f.name for f in fields(Recipe)}
    return replace(recipe, **{k: v for k, v in changes.items() if k in known})


def train(
    method: Method,
    data: NoisyData,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    device: str = "auto",
    on_epoch: Callable[[EpochRecord], None] = lambda record: None,
) -> RunResult:
    """Train the method's schedule, scaled to ``epochs`` or the recipe's; nothing is stored."""
    size = batch_size or method.spec.recipe.batch_size
    plan = Plan(
        seed,
        size,
        place(device, threads=threads_of(method.network_name)),
        epochs or method.spec.recipe.epochs or None,
    )
    trainer = _trainer(method, data, plan)
    records = []
    for snapshot in trainer:
        records.append(snapshot.record)
        on_epoch(snapshot.record)
    return RunResult(trainer.method, records)


def prepare(spec: RunSpec, scheme: int | None = None) -> tuple[RunSpec, Trainer]:
    """The spec with every default filled in, and its trainer, ready for the first epoch.

    ``scheme``: of the fingerprints of a run that goes on; None: the newest. Raises BadInput for
    anything that cannot be done, before anything is trained, and RunFailed where the device has no
    room for network and images.
    """
    check_counts(spec)
    data = data_of(spec, scheme)
    method = make_method(
        spec.method,
        data,
        network=spec.network,
        seed=spec.seed,
        preset=spec.preset,
        **spec.settings,
    )
    threads = spec.threads or threads_of(method.network_name)
    placement = place(spec.device, spec.precision, threads)
    size = spec.batch_size or method.spec.recipe.batch_size
    epochs = spec.epochs or method.spec.recipe.epochs or None
    plan = Plan(spec.seed, size, placement, epochs, spec.evaluate_every)
    check_batches(method.network_name, data.spec.image_shape, size, len(data.given_labels))
    trainer = _trainer(method, data, plan)
    resolved = replace(
        spec,
        rate=data.noise.nominal_rate,  # 0 where the noise model has none
        settings=method.settings.model_dump(mode="json"),
        preset=registered(spec.method).preset_name(data.spec.name, spec.preset),
        network=method.network_name,
        batch_size=size,
        epochs=trainer.epochs,
        device=str(placement.device),
        precision=placement.precision,
        threads=placement.threads,
        noise_options=dict(data.noise.options),
    )
    return resolved, trainer


def _trainer(method: Method, data: NoisyData, plan: Plan) -> Trainer:
    try:
        return Trainer(method, data, plan)
    except (RuntimeError, MemoryError) as error:
        problem = shortage(error)
        if not problem:
            raise
    raise no_memory(problem, "for network and images", plan.placement, plan.batch_size)


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


def check_counts(spec: RunSpec) -> None:
    """Raises BadInput for a number of epochs, samples, ... below 1, and for seeds out of range."""
    for name in ("batch_size", "epochs", "limit", "evaluate_every", "threads"):
        value = getattr(spec, name)
        if value is not None and value < 1:
            raise BadInput(f"{name} must be at least 1, got {value}")
    for name in ("seed", "noise_seed"):
        if not 0 <= getattr(spec, name) < SEEDS:
            raise BadInput(
                f"{name} must be at least 0 and less than 2^63, got {getattr(spec, name)}"
            )
