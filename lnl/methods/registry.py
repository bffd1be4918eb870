"""Methods by name: registered by a decorator, made with settings resolved by rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeVar

from torch import Tensor

from lnl import methods
from lnl.errors import BadInput, unknown
from lnl.methods.equations import Equation
from lnl.methods.settings import BareSettings, Preset
from lnl.shapes import DataSpec, Oracle

if TYPE_CHECKING:
    from lnl.methods.base import Method


@dataclass(frozen=True)
class Registered:
    """A method under one name, with that name's defaults."""

    name: str
    title: str
    source: str
    summary: str
    parts: tuple[str, ...]
    networks: int
    cls: type[Method]
    defaults: Mapping[str, Any]
    equations: tuple[Equation, ...] = ()

    def preset(self, dataset: str, name: str | None) -> Preset | None:
        """The preset of that name, else the one that lists the data set, else None."""
        presets = self.cls.presets
        if name is not None:
            if name not in presets:
                known = ", ".join(presets) or "none"
                raise BadInput(f"{self.name} has no preset {name!r}. It has: {known}")
            return presets[name]
        return next((p for p in presets.values() if dataset in p.datasets), None)

    def preset_name(self, dataset: str, name: str | None) -> str | None:
        """What ``preset`` takes, by name."""
        chosen = self.preset(dataset, name)
        return next((key for key, each in self.cls.presets.items() if each is chosen), None)

    def make(
        self,
        spec: DataSpec,
        settings: Mapping[str, Any],
        given_labels: Tensor,
        network: str,
        oracle: Oracle,
        preset: str | None,
    ) -> Method:
        """A new method; ``settings`` are what the user says."""
        resolved = self._resolve(spec, settings, preset)
        return self.cls(spec, resolved, given_labels, network, oracle)

    def recipe_changes(
        self, spec: DataSpec, settings: Mapping[str, Any], preset: str | None
    ) -> Mapping[str, Any]:
        """What the preset changes in the data set's recipe; a wrapper's base has its say first."""
        found = self.preset(spec.name, preset)
        own = found.recipe if found else {}
        base = self.cls.base_of(self._resolve(spec, settings, preset))
        if base is None:
            return own
        name, base_settings, base_preset = base
        try:
            inner = registered(name).recipe_changes(spec, base_settings, base_preset)
        except BadInput as error:
            raise BadInput(f"{error} (the base, {name!r})") from None
        return {**inner, **own}

    def title_over(self, settings: BareSettings) -> str:
        """What a run with these settings is called; a wrapper names its base: "FINE over SED"."""
        base = self.cls.base_of(settings)
        return self.title if base is None else f"{self.title} over {registered(base[0]).title}"

    def _resolve(
        self, spec: DataSpec, settings: Mapping[str, Any], preset: str | None
    ) -> BareSettings:
        found = self.preset(spec.name, preset)
        return self.cls.Settings.resolve(
            spec.recipe, {**(found.settings if found else {}), **self.defaults}, settings
        )


_REGISTRY: dict[str, Registered] = {}
M = TypeVar("M", bound="Method")


def register(
    name: str,
    *,
    title: str,
    source: str,
    summary: str = "",
    parts: Sequence[str] = (),
    equations: Sequence[Equation] = (),
    networks: int = 1,
    **defaults: Any,
) -> Callable[[type[M]], type[M]]:
    """Register a method under ``name``; a part of a paper is the same class with other defaults.

    Raises BadInput if two different classes take one name; the same class again replaces itself.
    """

    def add(cls: type[M]) -> type[M]:
        old = _REGISTRY.get(name)
        if old and (old.cls.__module__, old.cls.__qualname__) != (cls.__module__, cls.__qualname__):
            raise BadInput(
                f"two methods are called {name!r}: {old.cls.__module__} and {cls.__module__}"
            )
        text = summary or (cls.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
        words = " ".join(text.split())
        _REGISTRY[name] = Registered(
            name, title, source, words, tuple(parts), networks, cls, defaults, tuple(equations)
        )
        return cls

    return add


def registered(name: str) -> Registered:
    """The method of that name. Raises BadInput that lists the known ones."""
    _load()
    if name not in _REGISTRY:
        raise unknown("method", name, _REGISTRY)
    return _REGISTRY[name]


def all_methods() -> list[Registered]:
    """Every registered method, in order of registration."""
    _load()
    return list(_REGISTRY.values())


@cache
def _load() -> None:
    """Import all homes: the folders that hold a ``method.py``."""
    for folder in iter_modules(methods.__path__, f"{methods.__name__}."):
        if folder.ispkg and find_spec(f"{folder.name}.method"):
            import_module(f"{folder.name}.method")
