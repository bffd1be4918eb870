"""Measure what an epoch of a method costs beside one of CE: time turn by turn, and memory.

Each stage of the method is trained for a few epochs, the first of them uncounted, with an epoch of
CE before each: both see the same moment of a shared machine. The ratio of a stage is the median
over its rounds; the method's is the mean over the stages, each by its share of the schedule.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from statistics import median
from typing import Any

import torch

from lnl.data import load_data
from lnl.defaults import BASELINE
from lnl.errors import RunFailed
from lnl.evidence.measured_costs import Cost, StageCost
from lnl.methods.registry import registered
from lnl.records import RunSpec
from lnl.training import Trainer, prepare
from lnl.training.resolve import resolve

MB = 1e6
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Rounds:
    """Seconds of a stage's counted epochs, the method's over CE's."""

    training: list[float] = field(default_factory=list)
    epoch: list[float] = field(default_factory=list)


def measure(spec: RunSpec, rounds: int = 3) -> Cost:
    """One method of ``spec`` beside CE. Raises BadInput as a run would."""
    own = resolve(spec).spec
    shares = _shares(spec)
    even = evenly(spec, rounds + 1)
    beside = replace(even, method=BASELINE, settings={}, preset=None, network=own.network)
    beside = replace(beside, batch_size=own.batch_size, epochs=len(shares) * (rounds + 1))
    trainer, ce = _trainer(even), _trainer(beside)
    found, seconds = _take_turns(trainer, ce)
    memory, of_ce = peak(even), peak(replace(beside, epochs=1))
    return Cost(
        method=spec.method,
        dataset=trainer.data.spec.name,
        images=len(trainer.data.given_labels),
        network=str(own.network),
        batch_size=own.batch_size or 0,
        rounds=rounds,
        **_over_stages(found, shares),
        epoch_seconds=round(sum(shares[n] * median(seconds[n]) for n in shares), 4),
        stages=tuple(
            StageCost(name, round(share, 3), round(median(found[name].epoch), 3))
            for name, share in shares.items()
        ),
        memory=round(memory / of_ce, 3) if memory and of_ce else None,
        memory_mb=round(memory / MB, 1) if memory else None,
        base=str(own.settings.get("base", "")),
        device=trainer.device_title,
        torch=torch.__version__,
        date=datetime.now(UTC).date().isoformat(),
    )


def evenly(spec: RunSpec, epochs: int) -> RunSpec:
    """The same run with so many epochs in each of its stages.

    A threshold of confidence becomes 0: after so few epochs a selection might be empty, and an
    empty one costs nothing, while the size of any other does not count.
    """
    planned = resolve(spec)
    # A stage may be as long as the recipe says: the others then are as long as that one.
    settings = _even(spec.method, planned.spec.settings, planned.recipe.epochs or epochs)
    return replace(spec, settings=settings, epochs=epochs * len(planned.stages))


def _even(method: str, resolved: Mapping[str, Any], epochs: int) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    fields = registered(method).cls.Settings.model_json_schema()["properties"]
    for name, value in resolved.items():
        if fields[name].get("unit") == "epochs" and value:
            changed[name] = epochs
        elif name == "threshold":
            changed[name] = 0.0
        elif name == "base_settings":
            changed[name] = _even(resolved["base"], value, epochs)
    return changed


def _shares(spec: RunSpec) -> dict[str, float]:
    """Of each stage in the schedule as a user would train it."""
    stages = resolve(spec).stages
    return {s.name: (s.last - s.first + 1) / stages[-1].last for s in stages}


def _trainer(spec: RunSpec) -> Trainer:
    return prepare(spec)[1]


def _take_turns(trainer: Trainer, ce: Trainer) -> tuple[dict[str, Rounds], dict[str, list[float]]]:
    found = {stage.name: Rounds() for stage in trainer.stages}
    seconds: dict[str, list[float]] = {stage.name: [] for stage in trainer.stages}
    first = {stage.first for stage in trainer.stages}
    while trainer.finished < trainer.epochs:
        plain_epoch, plain_training, _ = _timed(ce)
        own_epoch, own_training, stage = _timed(trainer)
        if trainer.finished not in first:
            found[stage].training.append(own_training / plain_training)
            found[stage].epoch.append(own_epoch / plain_epoch)
            seconds[stage].append(own_epoch)
    return found, seconds


def _timed(trainer: Trainer) -> tuple[float, float, str]:
    """One epoch: its seconds, those of the training passes, its stage."""
    trainer.plan.placement.synchronise()
    started = time.perf_counter()
    record = next(trainer).record
    trainer.plan.placement.synchronise()
    if not record.images_per_second:
        raise RunFailed(f"stage {record.stage} trained on nothing: its cost cannot be told")
    return time.perf_counter() - started, record.seconds, record.stage


def _over_stages(found: Mapping[str, Rounds], shares: Mapping[str, float]) -> dict[str, Any]:
    values = {}
    for part in ("training", "epoch"):
        each = {name: getattr(rounds, part) for name, rounds in found.items()}
        for ending, pick in (("", median), ("_low", min), ("_high", max)):
            values[part + ending] = round(sum(shares[n] * pick(each[n]) for n in shares), 3)
    return values


# --- memory ---------------------------------------------------------------------------------------


def peak(spec: RunSpec) -> float | None:
    """Bytes by which memory grows at most while a run trains, in a process of its own.

    Of the CUDA allocator where it trains there, else of the process; None where neither is told.
    """
    return _peak(replace(spec, epochs=2 * len(resolve(spec).stages)).to_json())


@lru_cache(maxsize=64)  # CE's is asked for again by every method
def _peak(spec: str) -> float | None:
    if "forkserver" not in get_all_start_methods():
        return None
    context = get_context("forkserver")  # so that no growth is that of an import
    context.set_forkserver_preload(["lnl.training", "torch._dynamo"])
    with ProcessPoolExecutor(1, context) as pool:
        return pool.submit(grow, RunSpec.from_json(spec)).result()


def grow(spec: RunSpec) -> float | None:
    """``peak`` in this process, from the moment when the data are loaded."""
    load_data(spec.dataset, limit=spec.limit, data_dir=spec.data_dir)
    gc.collect()
    before = _resident("VmRSS")
    with suppress(OSError):
        _RESET.write_text("5")  # the peak so far is forgotten
    trainer = _trainer(spec)
    device = trainer.plan.placement.device
    for _ in trainer:
        pass
    if device.type == "cuda":
        return float(torch.cuda.max_memory_allocated(device))
    after = _resident("VmHWM")
    return None if before is None or after is None else after - before


def _resident(name: str) -> float | None:
    """Bytes that the process holds, from Linux's own account; None elsewhere."""
    with suppress(OSError):
        found = re.search(rf"{name}:\s+(\d+) kB", _STATUS.read_text())
        return int(found[1]) * 1024.0 if found else None
    return None
