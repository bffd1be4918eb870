"""Methods as plain values: what the catalogue says of each, and the very code of its step."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from lnl import losses
from lnl.methods.equations import Equation
from lnl.methods.registry import Registered, all_methods, registered

PAPERS = ("NLNL", "PMNAR", "RFL", "FINE")
BASELINES = "Baselines"


@dataclass(frozen=True)
class PresetCard:
    """Named values for a method, from its paper or for data sets."""

    name: str
    title: str
    datasets: tuple[str, ...]  # where it is taken by itself
    settings: dict[str, Any]


@dataclass(frozen=True)
class MethodCard:
    """A method as lists and forms show it."""

    name: str
    title: str
    source: str
    paper: str  # the one that it is grouped under, or "Baselines"
    summary: str
    parts: tuple[str, ...]
    equations: tuple[Equation, ...]
    networks: int
    needs: tuple[str, ...]  # what it must be told that nobody knows of their own data
    settings: dict[str, Any]  # JSON schema; each property: default, description, range, symbol, ...
    presets: tuple[PresetCard, ...]


@dataclass(frozen=True)
class CodePart:
    """A function as it stands in the source, and where: "lnl/losses.py, cross_entropy"."""

    place: str
    text: str


def methods() -> list[MethodCard]:
    """All methods, in order of registration."""
    return [_card(entry) for entry in all_methods()]


def method(name: str) -> MethodCard:
    """One method. Raises BadInput that lists the known ones."""
    return _card(registered(name))


def code(name: str) -> list[CodePart]:
    """The step of a method, what it calls of its own class, then the losses that these use.

    Raises BadInput for an unknown name.
    """
    cls = registered(name).cls
    file = cls.__module__.replace(".", "/") + ".py"
    found = {"training_step": cls.training_step}
    used: dict[str, Callable[..., Any]] = {}
    queue = ["training_step"]
    while queue:
        for owner, called in _calls(found[queue.pop(0)]):
            if owner == "self" and called not in found and called in vars(cls):
                found[called] = vars(cls)[called]
                queue.append(called)
            elif owner == "losses":
                used.setdefault(called, getattr(losses, called))
    own = [CodePart(f"{file}, {part}", _source(function)) for part, function in found.items()]
    return own + [CodePart(f"lnl/losses.py, {part}", _source(f)) for part, f in used.items()]


def _source(function: Callable[..., Any]) -> str:
    return dedent(inspect.getsource(function)).rstrip()


def _calls(function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """(owner, name) of each call such as ``self._fit(...)``, in the order of the text."""
    tree = ast.parse(_source(function))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        target = call.func
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            yield target.value.id, target.attr


def _paper(source: str) -> str:
    first = re.split(r"[ ,(]", source, maxsplit=1)[0]
    return first if first in PAPERS else BASELINES


def _card(entry: Registered) -> MethodCard:
    schema = entry.cls.Settings.model_json_schema()
    for name, value in entry.defaults.items():
        schema["properties"][name]["default"] = value
    return MethodCard(
        name=entry.name,
        title=entry.title,
        source=entry.source,
        paper=_paper(entry.source),
        summary=entry.summary,
        parts=entry.parts,
        equations=entry.equations,
        networks=entry.networks,
        needs=tuple(sorted(entry.cls.needs)),
        settings=schema,
        presets=tuple(
            PresetCard(name, preset.title, preset.datasets, dict(preset.settings))
            for name, preset in entry.cls.presets.items()
        ),
    )
