"""The part of the set-up that is about methods: which, how long, with which settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui import address, in_view, parts, settings, state

DEFAULT = ["ce", "selnlpl"]


def methods(dataset: str) -> list[dict[str, Any]]:
    """What differs between the runs of this start."""
    cards = {card.name: card for card in state.catalogue().methods()}
    chosen = address.multiselect(
        "Methods, side by side",
        {name: card.title for name, card in cards.items()},
        key="methods",
        default=[name for name in DEFAULT if name in cards],
        most=in_view.MOST_RUNS,
        help="They are trained in turns, epoch by epoch, on the same wrong labels.",
    )
    common = _common()
    epochs = common["epochs"]
    return [
        {"method": name, **common, **_settings_of(cards[name], dataset, epochs)} for name in chosen
    ]


def _settings_of(card: Any, dataset: str, epochs: int | None) -> dict[str, Any]:
    """The method's own part of the spec: its settings and the preset that they start from."""
    with st.expander(f"Settings of {card.title}"):
        st.caption(parts.plain(card.summary))
        preset = _preset(card)
        bare = RunSpec(dataset, "none", 0.0, method=card.name, preset=preset, epochs=epochs)
        defaults, shares = _planned(bare)
        key = f"{card.name}.{dataset}.{preset}" if preset else f"{card.name}.{dataset}"
        return {"preset": preset, "settings": settings.form(card.settings, defaults, key, shares)}


def _planned(spec: RunSpec) -> tuple[dict[str, Any], bool]:
    """Settings that nobody has changed, and whether epochs of stages are shares of a whole."""
    try:
        planned = state.catalogue().outlook(spec)
    except LnlError:  # too few epochs for the stages: said below, where the schedule is told
        planned = state.catalogue().outlook(replace(spec, epochs=None))
    return planned.settings, planned.scaled


def _preset(card: Any) -> str | None:
    titles = {preset.name: preset.title for preset in card.presets}
    if not titles:
        return None
    chosen: str | None = st.selectbox(
        "Start from",
        [None, *titles],
        format_func=lambda name: "what suits the data" if name is None else titles[name],
        key=f"preset.{card.name}",
        persist_state="session",
        help="Values from a paper or for a data set; every one of them can be changed below.",
    )
    return chosen


def _common() -> dict[str, Any]:
    left, right = st.columns(2)
    epochs = left.number_input(
        "Epochs",
        1,
        5000,
        value=None,
        placeholder="as planned",
        key="epochs",
        bind="query-params",
        help="In all; a schedule of several stages is scaled to it. Empty: each method's own.",
    )
    seed = right.number_input(
        "Seed",
        0,
        2**31 - 1,
        value=0,
        key="seed",
        bind="query-params",
        help="Of the network and the order of the images. Wrong labels have their own.",
    )
    return {"epochs": epochs, "seed": seed}
