"""The part of the set-up that is about methods: which, how long, with which settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui.forms import settings
from pages.ui.shell import controls, parts
from pages.ui.shell.address import MOST_RUNS, default

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard


MOST_SEEDS = 100
DEFAULT = default("methods")  # of the first click


def methods(dataset: str) -> list[dict[str, Any]]:
    """What differs between the runs of this start: all methods with a seed, then with the next."""
    cards = {card.name: card for card in catalogue.methods()}
    chosen = controls.several(
        "Methods, side by side",
        {name: card.title for name, card in cards.items()},
        "methods",
        most=MOST_RUNS,
        help="They are trained in turns, epoch by epoch, on the same wrong labels.",
    )
    epochs, seeds = _common()
    own = [{"method": name, **_settings_of(cards[name], dataset, epochs)} for name in chosen]
    return [{**each, "epochs": epochs, "seed": seed} for seed in seeds for each in own]


def _settings_of(card: MethodCard, dataset: str, epochs: int | None) -> dict[str, Any]:
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
        planned = catalogue.outlook(spec)
    except LnlError:  # too few epochs for the stages: said below, where the schedule is told
        planned = catalogue.outlook(replace(spec, epochs=None))
    return planned.settings, planned.scaled


def _preset(card: MethodCard) -> str | None:
    titles = {preset.name: preset.title for preset in card.presets}
    if not titles:
        return None
    own = {"": "Recommended for this data set"}  # None, kept, would come back as an empty field
    chosen = st.selectbox(
        "Start from",
        [*own, *titles],
        format_func=lambda name: (own | titles)[name],
        key=f"preset.{card.name}",
        persist_state="session",
        help="Values from a paper or for a data set; every one of them can be changed below.",
    )
    return chosen or None


def _common() -> tuple[int | None, range]:
    """Epochs, and the seeds of the runs of each method."""
    left, middle, right = st.columns(3)
    with left:
        epochs = controls.number_or_none(
            "Epochs",
            1,
            5000,
            "epochs",
            placeholder="planned",
            help="Total epochs; stages are scaled to fit. Empty: method default.",
        )
    with middle:
        seed = controls.number(
            "Seed",
            0,
            2**31 - 1,
            "seed",
            help="Of the network and the order of the images. Wrong labels have their own.",
        )
    with right:
        count = controls.number(
            "Seeds",
            1,
            MOST_SEEDS,
            "seed_count",
            help="How many runs of each method, with seeds one after the other: 3 from seed 0 are "
            "0, 1 and 2. A single run can be lucky; Compare shows mean and spread. The wrong "
            "labels are the same.",
        )
    return epochs, range(seed, seed + count)
