"""Methods by name: registered by a decorator, made with settings resolved by rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from torch import Tensor

from lnl.errors import BadInput, unknown
from lnl.methods.card import Card
from lnl.methods.cards import cards, homes
from lnl.methods.schedule import scale
from lnl.methods.settings import BareSettings, Preset
from lnl.shapes import DataSpec, Oracle

if TYPE_CHECKING:
    from lnl.methods.base import Method


@dataclass(frozen=True)
class Registered:
    """A method under one name: its card and its class."""

    card: Card
    cls: type[Method]

    @property
    def name(self) -> str:
        """What runs, the command line and the address call it."""
        return self.card.name

    def preset(self, dataset: str, name: str | None) -> Preset | None:
        """The preset of that name, else the one that lists the data set, else None."""
        presets = self.cls.presets
        if name is not None:
            if name not in presets:
                known = ", ".join(presets) or "none"
                raise BadInput(f"{self.name} has no preset {name!r}. It has: {known}")
            return presets[name]
        return next((p for p in presets.values() if p.taken_on(dataset)), None)

    def preset_name(self, dataset: str, name: str | None) -> str | None:
        """What ``preset`` takes, by name."""
        chosen = self.preset(dataset, name)
        return next((key for key, each in self.cls.presets.items() if each is chosen), None)

    def make(
        self,
        spec: DataSpec,
        settings: Mapping[str, Any],
        given_labels: Tensor,
        oracle: Oracle,
        preset: str | None = None,
        epochs: int | None = None,
    ) -> Method:
        """A new method; ``settings`` are what the user says, ``epochs`` None its own schedule's."""
        resolved = self.resolve(spec, settings, preset)
        plan = scale(self.cls.schedule(resolved, spec.recipe), epochs)
        return self.cls(spec, resolved, given_labels, oracle, plan)

    def recipe_changes(
        self, spec: DataSpec, settings: Mapping[str, Any], preset: str | None
    ) -> Mapping[str, Any]:
        """What the preset changes in the data set's recipe; a wrapper's base has its say first."""
        found = self.preset(spec.name, preset)
        own = found.recipe if found else {}
        base = self.cls.base_of(self._own_settings(spec, settings, preset))
        if base is None:
            return own
        name, base_settings, base_preset = base
        try:
            inner = registered(name).recipe_changes(spec, base_settings, base_preset)
        except BadInput as error:
            raise BadInput(f"{error} (the base, {name!r})") from None
        return {**inner, **own}

    def asks(self, settings: BareSettings) -> frozenset[str]:
        """What a run with these settings must be told of the noise, a wrapper's base included."""
        base, own = self.cls.base_of(settings), self.cls.asks(settings)
        if base is None:
            return own
        inner = registered(base[0])
        return own | inner.asks(inner.cls.Settings(**base[1]))

    def title_over(self, settings: BareSettings) -> str:
        """What a run with these settings is called; a wrapper names its base: "FINE over SED"."""
        base, title = self.cls.base_of(settings), self.card.title
        return title if base is None else f"{title} over {registered(base[0]).card.title}"

    def resolve(
        self, spec: DataSpec, settings: Mapping[str, Any], preset: str | None = None
    ) -> BareSettings:
        """All settings of a run, those of a wrapper's base too.

        Raises BadInput for settings that are unknown or out of range, and for an unknown preset.
        """
        resolved = self._own_settings(spec, settings, preset)
        base = self.cls.base_of(resolved)
        if base is None:
            return resolved
        name, base_settings, base_preset = base
        inner = registered(name).resolve(spec, base_settings, base_preset)
        return resolved.model_copy(update={"base_settings": inner.model_dump(mode="json")})

    def _own_settings(
        self, spec: DataSpec, settings: Mapping[str, Any], preset: str | None
    ) -> BareSettings:
        found = self.preset(spec.name, preset)
        return self.cls.Settings.resolve(
            spec.recipe, {**(found.settings if found else {}), **self.card.defaults}, settings
        )


_REGISTRY: dict[str, Registered] = {}
M = TypeVar("M", bound="Method")


def register(*cards: Card) -> Callable[[type[M]], type[M]]:
    """Register a class under the names of its cards.

    Raises BadInput if two different classes take one name; the same class again replaces itself.
    """

    def add(cls: type[M]) -> type[M]:
        for card in cards:
            old = _REGISTRY.get(card.name)
            if old and _place(old.cls) != _place(cls):
                raise BadInput(
                    f"two methods are called {card.name!r}: "
                    f"{old.cls.__module__} and {cls.__module__}"
                )
            _REGISTRY[card.name] = Registered(card, cls)
        return cls

    return add


def _place(cls: type[Method]) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__


def registered(name: str) -> Registered:
    """The method of that name. Raises BadInput that lists the known ones."""
    _load()
    if name not in _REGISTRY:
        raise unknown("method", name, _REGISTRY)
    return _REGISTRY[name]


def all_methods() -> list[Registered]:
    """Every registered method: in the order of the cards, then those without a home."""
    _load()
    names = dict.fromkeys([*cards(), *_REGISTRY])
    return [_REGISTRY[name] for name in names if name in _REGISTRY]


@cache
def _load() -> None:
    for home in homes():
        import_module(f"{home}.method")
