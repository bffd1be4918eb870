"""The settings of one method in the set-up, and those of the base where it is added to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui.forms import settings
from pages.ui.shell import parts

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard

OF_BASE = ("base_settings", "base_preset")  # settings of a wrapper, edited as those of its base


def settings_of(
    name: str, cards: Mapping[str, MethodCard], dataset: str, epochs: int | None
) -> dict[str, Any]:
    """The method's own part of the spec: its name, settings, the preset that they start from."""
    card = cards[name]
    with st.expander(f"Settings of {card.title}"):
        st.caption(parts.plain(card.summary))
        preset = _preset(card)
        bare = RunSpec(dataset, "none", 0.0, method=name, preset=preset, epochs=epochs)
        defaults, shares = _planned(bare)
        key = f"{name}.{dataset}.{preset}" if preset else f"{name}.{dataset}"
        fields = {n: f for n, f in card.settings["properties"].items() if n not in OF_BASE}
        found = settings.form({"properties": fields}, defaults, key, shares)
        if "base" in fields:
            found |= _base(cards, bare, defaults, found.get("base", defaults["base"]), key)
        return {"method": name, "preset": preset, "settings": found}


def _base(
    cards: Mapping[str, MethodCard],
    bare: RunSpec,
    defaults: Mapping[str, Any],
    name: str,
    key: str,
) -> dict[str, Any]:
    """Widgets for the settings of a wrapper's base ``name``; what of them differs.

    A preset of the wrapper may bring settings of its own base, which are those of no other.
    """
    card = cards[name]
    with st.expander(f"Settings of the base, {card.title}"):
        own = defaults["base_preset"] if name == defaults["base"] else ""
        preset = _start_from(card, f"{key}.base_preset.{name}", own)
        choice = {
            field: value
            for field, value in (("base", name), ("base_preset", preset))
            if value != defaults[field]
        }
        brought = _preset_settings(cards[bare.method], bare).get("base_settings", {})
        given = {**choice, "base_settings": {}} if choice and brought else choice
        planned, shares = _planned(replace(bare, settings=given))
        found = settings.form(
            card.settings, planned["base_settings"], f"{key}.{name}.{preset}", shares
        )
    if found and not choice:
        found = {**brought, **found}
    return {**given, **({"base_settings": found} if found else {})}


def _preset_settings(card: MethodCard, spec: RunSpec) -> dict[str, Any]:
    """What a preset sets, asked for by name or taken by itself on the data set."""
    for preset in card.presets:
        if preset.name == spec.preset or (not spec.preset and preset.taken_on(spec.dataset)):
            return preset.settings
    return {}


def _planned(spec: RunSpec) -> tuple[dict[str, Any], bool]:
    """Settings that nobody has changed, and whether epochs of stages are shares of a whole."""
    try:
        planned = catalogue.resolve(spec)
    except LnlError:  # too few epochs for the stages: said below, where the schedule is told
        planned = catalogue.resolve(replace(spec, epochs=None))
    return planned.spec.settings, planned.scaled


def _preset(card: MethodCard) -> str | None:
    return _start_from(card, f"preset.{card.name}", "") or None


def _start_from(card: MethodCard, key: str, first: str) -> str:
    """The preset that settings start from; "": what suits the data set."""
    titles = {preset.name: preset.title for preset in card.presets}
    if not titles:
        return first
    own = {"": "Recommended"}  # None, kept, would come back as an empty field
    options = own | titles
    return st.selectbox(
        "Start from",
        list(options),
        index=list(options).index(first) if first in options else 0,
        format_func=lambda name: options[name],
        key=key,
        persist_state="session",
        help="Recommended: what suits the data set. Others are values from a paper or for a data "
        "set. Every one of them can be changed below.",
    )
