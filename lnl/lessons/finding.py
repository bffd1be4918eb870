"""Whether a lesson's run is in the store already, whoever started it."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.records import RunInfo, RunSpec

_WHAT_COUNTS = (
    *("dataset", "noise", "rate", "noise_seed", "noise_options", "method", "settings", "network"),
    *("batch_size", "epochs", "seed", "limit", "evaluate_every"),
)


def finished(runs: Sequence[RunInfo], resolved: RunSpec) -> RunInfo | None:
    """The newest run that trained just this to its end; ``runs`` come newest first."""
    return next((run for run in runs if run.status == "done" and _is_of(run, resolved)), None)


def _is_of(run: RunInfo, resolved: RunSpec) -> bool:
    return all(getattr(run.spec, name) == getattr(resolved, name) for name in _WHAT_COUNTS)
