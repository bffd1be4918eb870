"""Runs of one setting: the same method, data, noise and settings, with other seeds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from lnl.records import RunInfo, RunSpec

DRAWN = ("seed", "noise_seed")  # what may differ between the seeds of a setting
MACHINE = ("device", "precision", "threads", "data_dir")  # where it ran, not what


def setting_of(spec: RunSpec) -> str:
    """What the seeds of a setting share, as one text."""
    shared = {n: v for n, v in asdict(spec).items() if n not in (*DRAWN, *MACHINE)}
    return json.dumps(shared, sort_keys=True, default=str)


def siblings(runs: Sequence[RunInfo], known: Iterable[RunInfo]) -> list[RunInfo]:
    """The runs, then all known ones of the same settings that have epochs and did not fail.

    One more run with the very same seeds is no further draw: it is left out.
    """
    wanted = {setting_of(run.spec) for run in runs}
    seen = {_draw(run) for run in runs}
    found = list(runs)
    for run in known:
        fits = run.last_epoch > 0 and run.status != "failed" and setting_of(run.spec) in wanted
        if fits and _draw(run) not in seen:
            seen.add(_draw(run))
            found.append(run)
    return found


def _draw(run: RunInfo) -> tuple[str, int, int]:
    return setting_of(run.spec), run.spec.seed, run.spec.noise_seed
