"""Runs in groups: by method, by noise, by data, by network, or by all settings but the seeds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lnl.comparison.names import distinct, shared, titles
from lnl.comparison.seeds import setting_of, siblings
from lnl.records import RunInfo, RunSpec
from lnl.runs.store.run_rows import noise_words

By = Literal["run", "method", "noise", "data", "network", "setting"]


@dataclass(frozen=True)
class Group:
    """Some runs, drawn as one: their mean and spread."""

    runs: tuple[RunInfo, ...]
    common: str  # what they have in common, in words
    unit: str = "runs"  # what is counted: "seeds" where nothing else differs

    @property
    def first(self) -> RunInfo:
        """The run that stands for all."""
        return self.runs[0]

    @property
    def name(self) -> str:
        """As people read it, with the number of runs where there are several."""
        count = len(self.runs)
        return self.common if count == 1 else f"{self.common} ({count} {self.unit})"


def one_each(runs: Iterable[RunInfo]) -> list[Group]:
    """Every run by itself."""
    return [Group((run,), run.name) for run in runs]


def by_seeds(runs: Iterable[RunInfo]) -> list[Group]:
    """The runs of each setting together, settings in the order of their first run."""
    return [
        Group(tuple(group), _common([run.name for run in group]), "seeds")
        for group in _collected(runs, lambda run: setting_of(run.spec))
    ]


def grouped(
    runs: Sequence[RunInfo], known: Iterable[RunInfo], seeds: bool, by: By = "run"
) -> list[Group]:
    """What a comparison shows side by side: runs, or groups of them.

    ``seeds``: with all ``known`` runs of the same settings, which are then one group at least.
    """
    if not runs:
        return []
    every = siblings(runs, known) if seeds else list(runs)
    if by == "run" and not seeds:
        return one_each(named(every))
    if by in ("run", "setting"):
        groups = by_seeds(every)
        names = distinct([group.common for group in groups])
        short = zip(groups, names, strict=True)
        return _told_apart([replace(group, common=name) for group, name in short])
    return _told_apart([Group(tuple(group), _title(by, group)) for group in _grouped(every, by)])


def named(runs: Sequence[RunInfo]) -> list[RunInfo]:
    """The runs under names that say only what differs."""
    names = distinct(list(titles(runs).values())) if runs else []
    return [replace(run, name=name) for run, name in zip(runs, names, strict=True)]


def scope(groups: Sequence[Group]) -> str:
    """What shows all seeds and what the chosen runs alone, in words; "" if that is the same."""
    count = sum(len(group.runs) for group in groups)
    if count == len(groups):
        return ""
    return (
        f"Means are over {count} runs: all stored seeds of these settings. Everything else shows "
        "the selected runs only."
    )


def methods_differ(groups: Sequence[Group]) -> bool:
    """Whether a method's colour and dash tell each group from the others."""
    methods = [{run.spec.method for run in group.runs} for group in groups]
    return len(set().union(*methods)) == sum(map(len, methods)) == len(groups)


def _grouped(runs: Sequence[RunInfo], by: By) -> list[list[RunInfo]]:
    found = _collected(runs, lambda run: _KEYS[by](run.spec))
    if by == "noise":
        found.sort(key=lambda group: (group[0].spec.noise, group[0].spec.rate))
    return found


def _collected(runs: Iterable[RunInfo], key: Callable[[RunInfo], str]) -> list[list[RunInfo]]:
    groups: dict[str, list[RunInfo]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return list(groups.values())


def _json(*values: object) -> str:
    return json.dumps(values, sort_keys=True, default=str)


# What the runs of a group share; a method that is added to a base is another one over each base.
_KEYS: Mapping[str, Callable[[RunSpec], str]] = {
    "method": lambda spec: _json(spec.method, spec.settings.get("base")),
    "noise": lambda spec: _json(spec.noise, round(spec.rate, 4), spec.noise_options),
    "data": lambda spec: _json(spec.dataset, spec.limit, spec.validation),
    "network": lambda spec: _json(spec.network),
}


def _title(by: By, runs: Sequence[RunInfo]) -> str:
    run = runs[0]
    if by == "method":
        first = {each.name.split(" · ")[0] for each in runs}
        return first.pop() if len(first) == 1 else run.spec.method
    if by == "noise":
        return noise_words(run.spec)
    if by == "network":
        return run.spec.network or "default network"
    words = [run.data.title or run.spec.data_name]
    words += [f"{run.spec.limit:,} samples"] if run.spec.limit is not None else []
    words += [f"{run.spec.validation:.0%} to validate on"] if run.spec.validation else []
    return ", ".join(words)


def _told_apart(groups: Sequence[Group]) -> list[Group]:
    """Groups of one title get numbers: noise of two matrices, settings that no name tells."""
    titles = [group.common for group in groups]
    numbered = (
        f"{title}, {titles[: place + 1].count(title)}" if titles.count(title) > 1 else title
        for place, title in enumerate(titles)
    )
    return [replace(group, common=title) for group, title in zip(groups, numbered, strict=True)]


def _common(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else shared(names) or names[0]
