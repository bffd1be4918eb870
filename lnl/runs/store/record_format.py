"""The format of what is kept of runs, in the store and in exported files: "1.4", major and minor.

A field that a class of ``RECORDS`` gains, with a default, makes the next minor format by itself:
older records take the default, older versions of lnl leave the field out and say so; so does an
array that only its own readers ask a row for. A change that they would misread (a field that goes,
is renamed or means something else, another file, an array that others are read by) makes a major
format, which they refuse: add a function to ``UPGRADES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from lnl.records import DataFacts, Detection, EpochRecord, RunSpec, StageSpan

RECORDS = (DataFacts, Detection, EpochRecord, RunSpec, StageSpan)
_FIELDS = 55  # of these classes in the first minor format of this major one
_OF_FILES = 1  # fields that the manifest of an exported file has gained since: a test counts them
_OF_ROWS = 2  # arrays that a row of an epoch may have gained since, which older versions pass over
FIRST = 1  # how the first exports spelled 1.0; rows of the first stores say nothing

Parts = dict[str, Any]  # plain JSON: spec, data, stages of a run; scalars, histograms of an epoch
_Change = Callable[[Parts], Parts]


@dataclass(frozen=True)
class Upgrade:
    """From one major format to the next."""

    run: _Change = dict
    record: _Change = dict


UPGRADES: tuple[
    Upgrade, ...
] = ()  # from format 1 to 2, from 2 to 3, ...: never edited once shipped


class NewerFormat(ValueError):
    """Of a newer major format."""


class Format(NamedTuple):
    """Ordered; ``str`` is how files and rows spell it."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def read(cls, text: object) -> Format:
        """Raises ValueError for what is no format, and for a newer major one."""
        found = re.fullmatch(r"([1-9][0-9]{0,3})(?:\.([0-9]{1,4}))?", str(text))
        if not found:
            raise ValueError("it does not say its format")
        format = cls(int(found[1]), int(found[2] or 0))
        if format.major > CURRENT.major:
            raise NewerFormat(
                f"it is of format {format}, this version of lnl reads up to {CURRENT}: update lnl"
            )
        return format


CURRENT = Format(
    1 + len(UPGRADES), sum(len(fields(kind)) for kind in RECORDS) - _FIELDS + _OF_FILES + _OF_ROWS
)


def run_parts(stored: Parts, format: Format) -> tuple[Parts, list[str]]:
    """``spec``, ``data`` and ``stages`` for this version, and the names of what it left out.

    Fields that are unknown are left out only if the format is newer than this version's.
    """
    parts = {name: stored.get(name) for name in ("spec", "data", "stages")}
    parts = _upgraded(parts, format, [upgrade.run for upgrade in UPGRADES])
    if format <= CURRENT:
        return parts, []
    spec, of_spec = known(RunSpec, parts["spec"], "spec.")
    data, of_data = known(DataFacts, parts["data"], "data.")
    stages, of_stages = parts["stages"], list[str]()
    if isinstance(stages, list):
        each = [known(StageSpan, stage, "stages.") for stage in stages]
        stages, of_stages = [s for s, _ in each], [name for _, names in each for name in names]
    return {"spec": spec, "data": data, "stages": stages}, of_spec + of_data + of_stages


def record_parts(stored: Parts, format: Format) -> tuple[Parts, list[str]]:
    """``scalars`` and ``histograms`` for this version; as ``run_parts``."""
    parts = {name: stored.get(name) for name in ("scalars", "histograms")}
    parts = _upgraded(parts, format, [upgrade.record for upgrade in UPGRADES])
    if format <= CURRENT:
        return parts, []
    scalars, left_out = known(EpochRecord, parts["scalars"])
    if isinstance(scalars, dict) and "detection" in scalars:
        scalars["detection"], names = known(Detection, scalars["detection"], "detection.")
        left_out += names
    return {**parts, "scalars": scalars}, left_out


def known(kind: type[Any], values: Any, place: str = "") -> tuple[Any, list[str]]:
    """The values that ``kind`` has a field for, and the names of the others."""
    if not isinstance(values, Mapping):
        return values, []  # whoever checks the values says so
    names = {f.name for f in fields(kind)}
    kept = {name: value for name, value in values.items() if name in names}
    return kept, [f"{place}{name}" for name in values if name not in names]


def of_spec(left_out: Sequence[str]) -> list[str]:
    """Those names that are of a spec: without them the run cannot be trained."""
    return [name.removeprefix("spec.") for name in left_out if name.startswith("spec.")]


def with_note(message: str, format: Format, left_out: Sequence[str]) -> str:
    """A run's message, and once that it is of a newer format, if it is."""
    if format <= CURRENT:
        return message
    names = [name[:40] for name in dict.fromkeys(left_out)]
    shown = f" ({', '.join(names[:5])}{', …' if len(names) > 5 else ''})" if names else ""
    note = f"From a newer version of lnl: fields that this one does not know are left out{shown}."
    return message if note in message else " ".join(filter(None, (note, message)))


def _upgraded(parts: Parts, format: Format, changes: Sequence[_Change]) -> Parts:
    try:
        for change in changes[format.major - 1 :]:
            parts = change(parts)
    except (TypeError, AttributeError, LookupError) as error:
        raise ValueError(f"it is not of format {format} ({error!r})") from error
    return parts
