"""From a spec, or from a name and some data, to a method and its trainer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lnl.data import NoisyData, data_of
from lnl.methods.base import Method
from lnl.methods.registry import registered
from lnl.networks import threads_of
from lnl.records import EpochRecord, RunSpec
from lnl.training.memory import no_memory, shortage
from lnl.training.placement import place
from lnl.training.plan import Plan
from lnl.training.randomness import initialising
from lnl.training.resolve import adapted, check_patience, resolve
from lnl.training.trainer import Trainer


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
    epochs: int | None = None,
    network: str | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    preset: str | None = None,
    **settings: Any,
) -> Method:
    """A method by name for this data, its weights drawn by ``seed``, its schedule at ``epochs``.

    What is not said is the preset's or the data set's recipe's. Raises BadInput for an unknown
    name, preset or network, for settings out of range and for too few epochs.
    """
    entry = registered(name)
    spec = adapted(entry, data.spec, settings, preset, network, batch_size)
    with initialising(seed, "weights"):
        length = epochs or spec.recipe.epochs or None
        return entry.make(spec, settings, data.given_labels, data.oracle, preset, length)


def train(
    method: Method,
    data: NoisyData,
    *,
    seed: int = 0,
    device: str = "auto",
    patience: int = 0,
    on_epoch: Callable[[EpochRecord], None] = lambda record: None,
) -> RunResult:
    """Train the method's whole schedule; nothing is stored.

    With ``patience`` the last stage ends once the validation accuracy has not risen for so many
    epochs. Raises BadInput where the data have no validation images.
    """
    check_patience(patience, data.validation is not None)
    recipe = method.spec.recipe
    placement = place(device, threads=threads_of(recipe.network))
    plan = Plan(seed, recipe.batch_size, placement, patience=patience)
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
    resolved = resolve(spec)
    told = resolved.spec
    data = data_of(told, scheme)
    check_patience(told.patience, data.validation is not None)  # of this copy of the data
    data_spec = replace(data.spec, recipe=resolved.recipe)
    with initialising(told.seed, "weights"):
        method = registered(told.method).make(
            data_spec, told.settings, data.given_labels, data.oracle, told.preset, told.epochs
        )
    size = resolved.recipe.batch_size
    plan = Plan(told.seed, size, resolved.placement, told.evaluate_every, told.patience)
    return told, _trainer(method, data, plan)


def _trainer(method: Method, data: NoisyData, plan: Plan) -> Trainer:
    try:
        return Trainer(method, data, plan)
    except (RuntimeError, MemoryError) as error:
        problem = shortage(error)
        if not problem:
            raise
    raise no_memory(problem, "for network and images", plan.placement, plan.batch_size)
