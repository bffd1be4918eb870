"""Runs of one setting: the same method, data, noise and settings, with other seeds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from lnl.comparison.names import distinct, shared, titles
from lnl.records import RunInfo, RunSpec

DRAWN = ("seed", "noise_seed")  # what may differ between the seeds of a setting
MACHINE = ("device", "precision", "threads", "data_dir")  # where it ran, not what


@dataclass(frozen=True)
class Seeds:
    """Some runs of one setting, drawn as one."""

    runs: tuple[RunInfo, ...]
    common: str  # what their names share

    @property
    def first(self) -> RunInfo:
        """The run that stands for all."""
        return self.runs[0]

    @property
    def name(self) -> str:
        """As people read it, with the number of seeds where there are several."""
        count = len(self.runs)
        return self.common if count == 1 else f"{self.common} ({count} seeds)"


def setting_of(spec: RunSpec) -> str:
    """What the seeds of a setting share, as one text."""
    shared = {n: v for n, v in asdict(spec).items() if n not in (*DRAWN, *MACHINE)}
    return json.dumps(shared, sort_keys=True, default=str)


def by_seeds(runs: Iterable[RunInfo]) -> list[Seeds]:
    """The runs of each setting together, settings in the order of their first run."""
    groups: dict[str, list[RunInfo]] = {}
    for run in runs:
        groups.setdefault(setting_of(run.spec), []).append(run)
    return [Seeds(tuple(group), _common([run.name for run in group])) for group in groups.values()]


def one_each(runs: Iterable[RunInfo]) -> list[Seeds]:
    """Every run by itself."""
    return [Seeds((run,), run.name) for run in runs]


def _common(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else shared(names) or names[0]


def named(runs: Sequence[RunInfo]) -> list[RunInfo]:
    """The runs under names that say only what differs."""
    names = distinct(list(titles(runs).values())) if runs else []
    return [replace(run, name=name) for run, name in zip(runs, names, strict=True)]


def grouped(runs: Sequence[RunInfo], known: Iterable[RunInfo], seeds: bool) -> list[Seeds]:
    """What a comparison lays side by side: each run, or all known seeds of the runs' settings."""
    if not seeds or not runs:
        return one_each(named(runs))
    groups = by_seeds(siblings(runs, known))
    names = distinct([group.common for group in groups])
    return [replace(group, common=name) for group, name in zip(groups, names, strict=True)]


def scope(groups: Sequence[Seeds]) -> str:
    """What shows all seeds and what the chosen runs alone, in words; "" if that is the same."""
    count = sum(len(group.runs) for group in groups)
    if count == len(groups):
        return ""
    return (
        f"Side by side and Results are means over {count} runs, all stored seeds of these "
        "settings; everything else shows the runs named here."
    )


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
