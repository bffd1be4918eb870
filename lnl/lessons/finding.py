"""Whether a lesson's run is in the store already, whoever started it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from lnl.records import RunInfo, RunSpec

_SAID = ("dataset", "noise", "rate", "noise_seed", "method", "seed", "limit", "evaluate_every")


class Forecast(Protocol):
    """What a spec comes to once every default is filled in."""

    @property
    def network(self) -> str:
        """Its name."""

    @property
    def batch_size(self) -> int:
        """Images a step."""

    @property
    def settings(self) -> dict[str, Any]:
        """Of the method, resolved."""

    @property
    def noise_options(self) -> dict[str, Any]:
        """Resolved."""

    @property
    def epochs(self) -> int:
        """In all."""


def finished(runs: Sequence[RunInfo], spec: RunSpec, told: Forecast) -> RunInfo | None:
    """The newest run that trained just this to its end; ``runs`` come newest first."""
    return next((run for run in runs if run.status == "done" and _is_of(run, spec, told)), None)


def _is_of(run: RunInfo, spec: RunSpec, told: Forecast) -> bool:
    kept = run.spec
    same = all(getattr(kept, name) == getattr(spec, name) for name in _SAID)
    return same and (
        kept.network,
        kept.batch_size,
        kept.settings,
        kept.noise_options,
        run.epochs,
    ) == (told.network, told.batch_size, told.settings, told.noise_options, told.epochs)
