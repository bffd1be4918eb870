"""Methods as plain values: what the catalogue says of each, and the very code of its step."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from textwrap import dedent
from typing import Any

from lnl import losses
from lnl.errors import LnlError
from lnl.methods.base import Method
from lnl.methods.card import Equation
from lnl.methods.cards import groups
from lnl.methods.registry import Registered, all_methods, registered
from lnl.methods.settings import BareSettings, taken_on
from lnl.records import RunSpec
from lnl.training.sample_state import sample_state

__all__ = [
    "CodePart",
    "MethodCard",
    "PresetCard",
    "code",
    "groups",
    "method",
    "methods",
    "sample_state",
    "told",
]


@dataclass(frozen=True)
class PresetCard:
    """Named values for a method, from its paper or for data sets."""

    name: str
    title: str
    datasets: tuple[str, ...]  # where it is taken by itself
    own: bool  # as on a user's own data
    settings: dict[str, Any]

    def taken_on(self, dataset: str) -> bool:
        """Whether it is taken by itself there."""
        return taken_on(dataset, self.datasets, self.own)


@dataclass(frozen=True)
class MethodCard:
    """A method as lists and forms show it."""

    name: str
    title: str
    source: str
    group: str  # by name, see ``groups``
    summary: str
    parts: tuple[str, ...]
    equations: tuple[Equation, ...]
    networks: int
    needs: tuple[str, ...]  # what it is told, unless set otherwise, that nobody knows of their own
    estimates: dict[str, Any]  # settings with which it needs none of that; {}: there are none
    settings: dict[str, Any]  # JSON schema; each property: default, description, range, symbol, ...
    presets: tuple[PresetCard, ...]


@dataclass(frozen=True)
class CodePart:
    """A function as it stands in the source, and where: "lnl/losses.py, cross_entropy"."""

    place: str
    text: str


def methods() -> list[MethodCard]:
    """All methods, home by home."""
    return list(_cards(tuple((entry.name, entry.cls) for entry in all_methods())))


def method(name: str) -> MethodCard:
    """One method. Raises BadInput that lists the known ones."""
    registered(name)
    return next(card for card in methods() if card.name == name)


def told(spec: RunSpec) -> tuple[str, ...]:
    """What a run is told of the noise: "noise_rate", "transition_matrix"; () of an unknown one."""
    return _told(spec.method, spec.to_json())


@lru_cache(maxsize=1024)  # asked for every run on a page, at every refresh
def _told(name: str, spec: str) -> tuple[str, ...]:
    try:
        entry = registered(name)
        return tuple(sorted(entry.asks(_settings(entry, **RunSpec.from_json(spec).settings))))
    except (LnlError, ValueError):  # of another version: it can be looked at all the same
        return ()


def code(name: str) -> list[CodePart]:
    """The step of a method, what it calls of its own class, then the losses that these use.

    Its own class counts together with the classes that it shares with others. With these go other
    functions of the homes they lie in. Raises BadInput for an unknown name.
    """
    own = _functions(registered(name).cls)
    found = {"training_step": own["training_step"]}
    used: dict[str, Callable[..., Any]] = {}
    queue = ["training_step"]
    while queue:
        function = found[queue.pop(0)]
        module = sys.modules[function.__module__]
        home = module.__name__.rpartition(".")[0]
        for owner, called in _calls(function):
            if owner == "self" and called not in found and called in own:
                found[called] = own[called]
                queue.append(called)
            elif owner == "losses":
                used.setdefault(called, getattr(losses, called))
            elif not owner and _is_of(home, vars(module).get(called)):
                used.setdefault(called, vars(module)[called])
    return [
        CodePart(f"{function.__module__.replace('.', '/')}.py, {part}", _source(function))
        for part, function in (*found.items(), *used.items())
    ]


def _functions(cls: type[Method]) -> dict[str, Callable[..., Any]]:
    """What the class and those between it and ``Method`` define; the nearest, by name."""
    between = cls.__mro__[: cls.__mro__.index(Method)]
    return {
        name: value
        for each in reversed(between)
        for name, value in vars(each).items()
        if inspect.isfunction(value)
    }


def _is_of(home: str, function: object) -> bool:
    return inspect.isfunction(function) and function.__module__.startswith(f"{home}.")


def _source(function: Callable[..., Any]) -> str:
    return dedent(inspect.getsource(function)).rstrip()


def _calls(function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """(owner, name) of each call, as of ``self._fit(...)`` or ``gap(...)``, as they stand."""
    tree = ast.parse(_source(function))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        target = call.func
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            yield target.value.id, target.attr
        elif isinstance(target, ast.Name):
            yield "", target.id


@lru_cache(maxsize=1)  # a form asks at every click; the schema of a wrapper names all others
def _cards(known: tuple[tuple[str, type[Method]], ...]) -> tuple[MethodCard, ...]:
    return tuple(_card(registered(name)) for name, _ in known)


def _card(entry: Registered) -> MethodCard:
    schema = entry.cls.Settings.model_json_schema()
    card = entry.card
    for name, value in card.defaults.items():
        schema["properties"][name]["default"] = value
    return MethodCard(
        name=card.name,
        title=card.title,
        source=card.source,
        group=card.group.name,
        summary=card.summary,
        parts=card.parts,
        equations=card.equations,
        networks=card.networks,
        needs=tuple(sorted(entry.asks(_settings(entry)))),
        estimates=_estimates(entry, schema),
        settings=schema,
        presets=tuple(
            PresetCard(name, preset.title, preset.datasets, preset.own, dict(preset.settings))
            for name, preset in entry.cls.presets.items()
        ),
    )


def _settings(entry: Registered, **changes: Any) -> BareSettings:
    return entry.cls.Settings(**{**entry.card.defaults, **changes})


def _estimates(entry: Registered, schema: dict[str, Any]) -> dict[str, Any]:
    """The first choice of a setting with which the method is told nothing of the noise."""
    if not entry.asks(_settings(entry)):
        return {}
    for name, field in schema["properties"].items():
        for value in field.get("enum", ()):
            if not entry.asks(_settings(entry, **{name: value})):
                return {name: value}
    return {}
