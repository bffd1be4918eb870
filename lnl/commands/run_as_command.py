"""A run as the line that trains it: the way back from a ``RunSpec`` to the command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lnl.records import RunSpec

if TYPE_CHECKING:
    from lnl.catalogue import ResolvedRun

_OPTIONS = (
    "dataset",
    "noise",
    "rate",
    "noise_seed",
    "noise_options",
    "method",
    "preset",
    "settings",
    "network",
    "batch_size",
    "epochs",
    "seed",
    "limit",
    "device",
    "precision",
    "threads",
    "evaluate_every",
    "data_dir",
    "validation",
    "patience",
)
_ALWAYS = ("dataset", "noise", "rate", "noise_seed", "method", "seed")  # what a run is
_PAIRS = {"noise_options": "--noise-set", "settings": "--set"}
_CHOOSERS = ("base", "base_preset")  # settings that decide what others are by default


def command(spec: RunSpec, implied: RunSpec | None = None) -> str:
    """The line, quoted for a shell; options equal to ``implied`` are omitted.

    Data, noise, method and both seeds are always said: the line must tell a reader what the run is,
    and other defaults must not change it. By default ``implied`` is what the command takes by
    itself, and parsing the line gives ``spec`` back. A run keeps every value that it resolved: see
    ``implied_by`` for a short line.
    """
    implied = implied or RunSpec()
    words = ["python", "-m", "lnl", "train"]
    for name in _OPTIONS:
        value, without = getattr(spec, name), getattr(implied, name)
        if name in _PAIRS:
            pairs = list(_pairs(value, without))
            words += [_PAIRS[name], *pairs] if pairs else []
        elif name in _ALWAYS or (value is not None and value != without):  # None: the default
            words += _option(f"--{name.replace('_', '-')}", str(value))
    return shlex.join(words)


def implied_by(spec: RunSpec, resolve: Callable[[RunSpec], ResolvedRun]) -> RunSpec:
    """What a run of this data, method and preset takes by itself on this machine.

    Raises BadInput if ``resolve`` does, because the run could not be trained here.
    """
    bare = RunSpec(
        dataset=spec.dataset,
        noise=spec.noise,
        rate=spec.rate,
        method=spec.method,
        preset=spec.preset,
        network=spec.network,
    )
    chosen = {name: spec.settings[name] for name in _CHOOSERS if name in spec.settings}
    first, then = resolve(bare).spec, resolve(replace(bare, settings=chosen)).spec
    return RunSpec(
        noise_options=then.noise_options,
        settings={**then.settings, **{name: first.settings[name] for name in chosen}},
        network=resolve(replace(bare, network=None)).spec.network,
        batch_size=then.batch_size,
        epochs=then.epochs,
        device="auto" if spec.device == "auto" else then.device,
        precision="auto" if spec.precision == "auto" else then.precision,
        threads=then.threads,
    )


def _option(name: str, value: str) -> list[str]:
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def _pairs(
    values: Mapping[str, Any], without: Mapping[str, Any], prefix: str = ""
) -> Iterator[str]:
    """``{"a": 1, "base_settings": {"b": 2}}`` as ``a=1 base.b=2``."""
    for name, value in values.items():
        known = without.get(name)
        parent = name.removesuffix("_settings")
        if parent not in ("", name) and isinstance(value, dict) and _can_be_a_path(value):
            inner = known if isinstance(known, dict) else {}
            yield from _pairs(value, inner, f"{prefix}{parent}.")
        elif name not in without or not _same(value, known):
            yield f"{prefix}{name}={_text(value)}"


def _can_be_a_path(names: Mapping[str, Any]) -> bool:
    return bool(names) and all(name and not set("=.") & set(name) for name in names)


def _same(a: Any, b: Any) -> bool:
    """1, 1.0 and true are equal in Python, not in a command."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def _text(value: Any) -> str:
    """As JSON, but a text that JSON cannot be mistaken for as it is."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return value
    return json.dumps(value, ensure_ascii=False)
