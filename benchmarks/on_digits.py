"""Every method on the digits under three kinds of noise: ``python -m benchmarks.on_digits``.

What the table has is not trained again, so it can be stopped and gone on with; cheapest methods
first, one seed of all before the second. ``--part 0/2`` and ``--part 1/2`` share the work between
two processes, ``--methods`` and ``--seconds`` (after which no run begins) limit it.
"""

import argparse
import time
from collections.abc import Iterator
from datetime import date

import torch

from benchmarks.tables import append
from lnl.evidence import measured_costs
from lnl.evidence.measured_on_digits import NOISES, TABLE, OnDigits, read
from lnl.findings.summary import RunSummary
from lnl.methods.cards import cards
from lnl.records import RunSpec
from lnl.training import prepare

SEEDS, DEAR, UNKNOWN = range(3), 4.0, 5.0  # a method that costs more than DEAR gets one seed


def wanted(methods: list[str]) -> Iterator[RunSpec]:
    """The runs in their order."""
    costs = {cost.method: cost.epoch for cost in measured_costs.read()}
    ordered = sorted(methods, key=lambda name: costs.get(name, UNKNOWN))
    for seed in SEEDS:
        for noise, rate in NOISES:
            for name in ordered:
                if seed == 0 or costs.get(name, UNKNOWN) <= DEAR:
                    yield RunSpec(
                        "digits", noise, rate, method=name, seed=seed, noise_seed=seed, threads=1
                    )


def measured(spec: RunSpec) -> OnDigits:
    """Train it to its end."""
    _, trainer = prepare(spec)
    summary = RunSummary.of("", trainer.data.facts, [snapshot.record for snapshot in trainer])
    found = summary.detection
    return OnDigits(
        method=spec.method,
        noise=spec.noise,
        rate=spec.rate,
        seed=spec.seed,
        epochs=trainer.epochs,
        last=round(summary.test_accuracy, 4),
        best=round(summary.best_test_accuracy, 4),
        average_precision=round(found.average_precision, 4) if found else None,
        seconds=round(summary.seconds, 1),
        device=trainer.device_title,
        torch=torch.__version__,
        date=str(date.today()),
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--methods", nargs="+", default=list(cards()), choices=list(cards()))
    asked.add_argument("--part", default="0/1")
    asked.add_argument("--seconds", type=float, default=float("inf"))
    chosen = asked.parse_args()
    part, parts = map(int, chosen.part.split("/"))
    end = time.monotonic() + chosen.seconds
    for place, spec in enumerate(wanted(chosen.methods)):
        done = {run.place for run in read()}
        if place % parts != part or (spec.method, spec.noise, spec.rate, spec.seed) in done:
            continue
        if time.monotonic() > end:
            break
        run = measured(spec)
        append(run, TABLE)
        print(f"{run.method} {run.noise} seed {run.seed}: last {run.last:.3f}, best {run.best:.3f}")
