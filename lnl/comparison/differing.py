"""Where the settings of runs differ, and whether the runs saw the same data at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lnl.comparison.groups import Group
from lnl.records import RunInfo, RunSpec

_OF_NOISE = ("noise", "rate", "noise_options")
_OF_DATA = ("dataset", "limit", "validation")


@dataclass(frozen=True)
class Difference:
    """A setting that differs, in words."""

    name: str
    values: tuple[str, ...]  # one a run; "–" where its method has no such setting


def differences(runs: Sequence[RunInfo]) -> list[Difference]:
    """The fields and settings in which these runs differ, and nothing else.

    A setting that only one of several methods has is no difference: the method is. How long the
    stages are is told as they were trained: where the epochs in all are set, the settings of the
    stages are but shares of them.
    """
    flat = [dict(_told(run)) for run in runs]
    names = dict.fromkeys(name for values in flat for name in values)
    return [
        Difference(name, tuple(_word(name, values) for values in flat))
        for name in names
        if _differs([values[name] for values in flat if name in values])
    ]


def differing_within(groups: Sequence[Group]) -> list[str]:
    """The fields and settings in which runs of one group differ, in any of the groups."""
    found = (each.name for group in groups for each in differences(group.runs))
    return list(dict.fromkeys(found))


def _told(run: RunInfo) -> Iterator[tuple[str, Any]]:
    for name, value in _flat(run.spec):
        if not (run.stages and name.endswith(" epochs")):
            yield name, value
    if run.stages:
        yield "stages", ", ".join(f"{_plain(s.name)} {s.last - s.first + 1}" for s in run.stages)


def _word(name: str, values: Mapping[str, Any]) -> str:
    if name not in values:
        return "–"
    value = values[name]
    if value is None:
        return "all" if name == "limit" else "default"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _differs(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values[1:])


def _flat(spec: RunSpec) -> Iterator[tuple[str, Any]]:
    for name, value in asdict(spec).items():
        if name == "data_dir":  # where files lie is no setting
            continue
        if isinstance(value, Mapping):
            prefix = "noise: " if name == "noise_options" else ""
            yield from _settings(value, prefix)
        else:
            yield _plain(name), value


def _settings(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{prefix}{name.removesuffix('_settings')}.")
        else:
            yield f"{prefix}{_plain(name)}", value


def _plain(name: str) -> str:
    return name.replace("_", " ")


def mismatches(groups: Sequence[Group]) -> list[str]:
    """Why these runs are not comparable, in sentences: other data, noise or noise seeds.

    Groups that cover the same data and noise draws are comparable.
    """
    known = [g for g in groups if all(run.data.fingerprint for run in g.runs)]
    drawn = {frozenset(run.data.fingerprint for run in group.runs) for group in known}
    if len(drawn) < 2:
        return []
    specs = [run.spec for group in known for run in group.runs]
    if _vary(specs, _OF_DATA):
        return ["These runs were trained on different data: their numbers are not comparable."]
    if _vary(specs, _OF_NOISE):
        return [
            "These runs differ in noise type or rate: compare the shapes of the curves, not the "
            "numbers."
        ]
    if _vary(specs, ("noise_seed",)):
        return [
            "Some of these runs have another noise seed, so their wrong labels differ: part of "
            "the difference between them is chance."
        ]
    return ["The data of these runs differ although their settings are equal: has a file changed?"]


def _vary(specs: Sequence[RunSpec], names: Sequence[str]) -> bool:
    return any(getattr(spec, name) != getattr(specs[0], name) for spec in specs for name in names)
