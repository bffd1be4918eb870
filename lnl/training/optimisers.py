"""The torch optimisers of a stage, made from its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import torch
from torch import nn

from lnl.methods.schedule import OptimiserPlan, StagePlan, value_at


def part_named(method: nn.Module, name: str) -> Any:
    """The module or parameter of that dotted name; "" is the method itself.

    Raises AttributeError where there is none.
    """
    return reduce(getattr, name.split("."), method) if name else method


def parameters_of(method: nn.Module, parts: Iterable[str]) -> list[nn.Parameter]:
    """All parameters of the parts, each once, in order."""
    found: dict[int, nn.Parameter] = {}
    for part in (part_named(method, name) for name in parts):
        for parameter in [part] if isinstance(part, nn.Parameter) else part.parameters():
            found.setdefault(id(parameter), parameter)
    return list(found.values())


def make_optimiser(method: nn.Module, plan: OptimiserPlan) -> torch.optim.Optimizer:
    """The torch optimiser; its values are set by ``set_values`` at each epoch's start."""
    parameters = parameters_of(method, plan.parts)
    match plan.kind:
        case "sgd":
            return torch.optim.SGD(
                parameters, lr=0.0, momentum=0.9, nesterov=plan.nesterov, fused=True
            )
        case "adam":
            return torch.optim.Adam(parameters, fused=True)
        case "adamw":
            return torch.optim.AdamW(parameters, fused=True)
        case "adagrad":
            return torch.optim.Adagrad(parameters)


def set_values(optimiser: torch.optim.Optimizer, plan: OptimiserPlan, progress: float) -> float:
    """Set rate, momentum and decay to their values at ``progress``; returns the learning rate."""
    rate = value_at(plan.learning_rate, progress)
    for group in optimiser.param_groups:
        group["lr"] = rate
        group["weight_decay"] = value_at(plan.weight_decay, progress)
        if plan.kind == "sgd":
            group["momentum"] = value_at(plan.momentum, progress)
        elif plan.kind != "adagrad":
            group["betas"] = (value_at(plan.beta_1, progress), value_at(plan.beta_2, progress))
    return rate


def optimisers_for(
    method: nn.Module,
    stage: StagePlan,
    before: StagePlan | None,
    running: Mapping[str, torch.optim.Optimizer],
) -> dict[str, torch.optim.Optimizer]:
    """Those of ``stage``; one of ``before`` goes on, unless a part of it was restarted."""
    restarted = {id(p) for p in parameters_of(method, stage.restart)}
    found = {}
    for name, plan in stage.optimisers.items():
        untouched = restarted.isdisjoint(map(id, parameters_of(method, plan.parts)))
        goes_on = before is not None and plan.goes_on_from(before.optimisers.get(name))
        found[name] = running[name] if goes_on and untouched else make_optimiser(method, plan)
    return found
