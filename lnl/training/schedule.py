"""Stages scaled to a number of epochs, and the optimisers of a stage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch

from lnl.errors import BadInput
from lnl.methods.interface import Optimiser, Stage, Value
from lnl.records import StageSpan


def scale(stages: Sequence[Stage], epochs: int | None) -> list[Stage]:
    """The stages at ``epochs`` in all, proportions kept; None leaves the method's own.

    Stages of no epochs are left out; each other keeps at least one.
    Raises BadInput if there are fewer epochs than stages.
    """
    stages = [stage for stage in stages if stage.epochs > 0]
    if not stages:
        raise BadInput("every stage has 0 epochs: give at least one stage an epoch")
    if epochs is None:
        return stages
    if epochs < len(stages):
        names = ", ".join(stage.name for stage in stages)
        raise BadInput(
            f"epochs must be at least {len(stages)}, one for each stage ({names}), got {epochs}"
        )
    total = sum(stage.epochs for stage in stages)
    ideal = [stage.epochs * epochs / total for stage in stages]
    counts = [max(1, int(share)) for share in ideal]
    while sum(counts) != epochs:
        step = 1 if sum(counts) < epochs else -1
        # The stage furthest from its share gives or takes; none falls below one epoch.
        open_to = [i for i, count in enumerate(counts) if count + step >= 1]
        furthest = max(open_to, key=lambda i: step * (ideal[i] - counts[i]))
        counts[furthest] += step
    return [replace(stage, epochs=count) for stage, count in zip(stages, counts, strict=True)]


def spans(stages: Sequence[Stage]) -> tuple[StageSpan, ...]:
    """First and last epoch of each stage, counted from 1."""
    found, done = [], 0
    for stage in stages:
        found.append(StageSpan(stage.name, done + 1, done + stage.epochs))
        done += stage.epochs
    return tuple(found)


def make_optimiser(wanted: Optimiser) -> torch.optim.Optimizer:
    """The torch optimiser; its values are set by ``set_values`` at each epoch's start."""
    match wanted.kind:
        case "sgd":
            return torch.optim.SGD(
                wanted.parameters, lr=0.0, momentum=0.9, nesterov=wanted.nesterov, fused=True
            )
        case "adam":
            return torch.optim.Adam(wanted.parameters, fused=True)
        case "adamw":
            return torch.optim.AdamW(wanted.parameters, fused=True)


def set_values(optimiser: torch.optim.Optimizer, wanted: Optimiser, progress: float) -> float:
    """Set rate, momentum and decay to their values at ``progress``; returns the learning rate."""
    rate = _at(wanted.learning_rate, progress)
    for group in optimiser.param_groups:
        group["lr"] = rate
        group["weight_decay"] = _at(wanted.weight_decay, progress)
        if wanted.kind == "sgd":
            group["momentum"] = _at(wanted.momentum, progress)
        else:
            group["betas"] = (_at(wanted.beta_1, progress), _at(wanted.beta_2, progress))
    return rate


def optimisers_for(
    stage: Stage, before: Stage | None, running: Mapping[str, torch.optim.Optimizer]
) -> dict[str, torch.optim.Optimizer]:
    """Those of ``stage``; one of ``before`` goes on if name, kind and parts are its own."""
    restarted = {id(p) for module in stage.restart for p in module.parameters()}
    return {
        name: running[name]
        if before is not None and _goes_on(wanted, before.optimisers.get(name), restarted)
        else make_optimiser(wanted)
        for name, wanted in stage.optimisers.items()
    }


def _goes_on(wanted: Optimiser, old: Optimiser | None, restarted: set[int]) -> bool:
    if old is None or (old.kind, old.nesterov) != (wanted.kind, wanted.nesterov):
        return False
    parameters = [id(p) for p in wanted.parameters]
    return parameters == [id(p) for p in old.parameters] and restarted.isdisjoint(parameters)


def _at(value: Value, progress: float) -> float:
    return value(progress) if callable(value) else value
