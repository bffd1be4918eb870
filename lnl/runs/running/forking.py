"""A run once more with one change: all the rest stays as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.store.run_rows import default_name

PLAIN = ("seed", "noise_seed", "rate", "epochs", "method", "device")  # else the name of a setting
_IN_NAME = ("seed", "rate", "method", "base")


def fork(spec: RunSpec, name: str, value: Any) -> RunSpec:
    """The spec with another value for a field of ``PLAIN`` or for a setting of its method.

    What belongs to the old value goes with it: another method has settings of its own, another
    device its own precision. Raises BadInput if it has that value already.
    """
    if current(spec, name) == value:
        raise BadInput(f"the run has {name} {value!r} already: choose another value")
    if name == "method":
        return replace(spec, method=value, settings={}, preset=None)
    if name == "device":
        return replace(spec, device=value, precision="auto", threads=None)
    if name in PLAIN:
        return replace(spec, **{name: value})
    settings = {**spec.settings, name: value}
    if name in ("base", "base_preset"):
        settings["base_settings"] = {}
    if name == "base":
        settings["base_preset"] = ""
    return replace(spec, settings=settings)


def current(spec: RunSpec, name: str) -> Any:
    """What a run has now. Raises BadInput for what its method has not."""
    if name in PLAIN:
        return getattr(spec, name)
    if name not in spec.settings:
        raise BadInput(f"{spec.method} has no setting {name!r}")
    return spec.settings[name]


def fork_name(spec: RunSpec, changed: str, method_title: str) -> str:
    """What the new run is called; the change stands in its name."""
    name = default_name(spec, method_title)
    if changed in _IN_NAME:
        return name
    value = current(spec, changed)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{name} · {changed.replace('_', ' ')} {f'{value:g}' if number else value}"
