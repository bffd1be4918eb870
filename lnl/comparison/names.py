"""Short names for runs that stand side by side."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from lnl.records import RunInfo

# What tells runs of one name apart, the first of these in which they differ.
_APART: tuple[Callable[[RunInfo], str], ...] = (
    lambda run: f"{run.epochs} epochs",
    lambda run: _validated(run.spec.validation),
    lambda run: time.strftime("started %d %b", time.localtime(run.created)),
    lambda run: time.strftime("started %H:%M", time.localtime(run.created)),
    lambda run: time.strftime("started %H:%M:%S", time.localtime(run.created)),
    lambda run: run.id,
)


def _validated(share: float) -> str:
    return f"{share:.0%} to validate on" if share else "no validation"


def titles(runs: Iterable[RunInfo]) -> dict[str, str]:
    """Names of runs by their ids, no two the same: "CE · digits · started 16:27"."""
    known = list(runs)
    found = {run.id: run.name for run in known}
    for tell in _APART:
        alike: dict[str, list[RunInfo]] = defaultdict(list)
        for run in known:
            alike[found[run.id]].append(run)
        for group in alike.values():
            if len({tell(run) for run in group}) > 1:
                found |= {run.id: f"{found[run.id]} · {tell(run)}" for run in group}
    return found


def distinct(names: Sequence[str]) -> list[str]:
    """Names without the parts that all share: "CE · digits", "NL · digits" -> "CE", "NL"."""
    split = [name.split(" · ") for name in names]
    shared = set(split[0]).intersection(*split[1:]) if len(split) > 1 else set()
    short = [" · ".join(part for part in parts if part not in shared) for parts in split]
    if len(split) == 1:
        return [split[0][0]]
    return short if all(short) and len(set(short)) == len(short) else list(names)


def shared(names: Sequence[str]) -> str:
    """The parts that all names share: "digits · symmetric 40 %"; of one name, all but the first."""
    split = [name.split(" · ") for name in names]
    return " · ".join(
        part for part in split[0][len(split) == 1 :] if all(part in parts for parts in split)
    )
