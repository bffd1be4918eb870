"""The part of the set-up for what is seldom changed: network, batch size, device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui.forms import own_file
from pages.ui.shell import controls, parts

FIRST_MODEL = "resnet18"


def network_and_device(specs: Sequence[RunSpec]) -> dict[str, Any]:
    """Widgets, folded, for runs on one data set; what of their specs was chosen here."""
    with st.expander("Network, batch size, device"):
        dataset = specs[0].dataset
        titles = _networks(dataset, own_file.changed(dataset))
        recommended = [_recommended(spec, titles) for spec in specs]
        st.caption("  \n".join(dict.fromkeys(words for words, _ in recommended)))
        network = _network(titles, catalogue.families(dataset))
        sizes = {str(size) for _, size in recommended if size}
        batch_size = controls.number_or_none(
            "Batch size",
            1,
            65_536,
            "batch_size",
            placeholder=" / ".join(sorted(sizes, key=int)) or "recommended",
            help="Images per step. Empty: recommended for this data set.",
        )
        device = controls.select(
            "Device",
            {"": "Automatic", **catalogue.devices()},
            "device",
            help="Automatic: the GPU if there is one that this version of PyTorch supports, else "
            "the CPU.",
        )
    return {"network": network or None, "batch_size": batch_size, "device": device or "auto"}


def _network(titles: dict[str, str], families: dict[str, str]) -> str:
    """One of those with a title, or a model of another package; "": what is recommended."""
    chosen = controls.select(
        "Network",
        {"": "Recommended", **titles, **families},
        "architecture",
        help="Used by all methods. Recommended: that of the data set or the preset.",
    )
    if chosen not in families:
        return chosen
    members = catalogue.family_members(chosen)
    model = controls.select(
        "Model",
        {name: name for name in members},
        "model",
        default=FIRST_MODEL if FIRST_MODEL in members else None,
        help="Type to search. Images are resized to the model's input size.",
    )
    return f"{chosen}{model}"


@st.cache_data(max_entries=16, show_spinner=False)
def _networks(dataset: str, changed: float) -> dict[str, str]:
    """Those that the images are large enough for, each with its size; a file is read once."""
    return {
        card.name: f"{card.title} ({_amount(card.parameters)} parameters)"
        for card in catalogue.network_cards(dataset)
        if card.parameters is not None
    }


def _amount(parameters: int) -> str:
    return f"{parameters / 1e6:.1f} M" if parameters >= 1e6 else f"{parameters / 1e3:.0f} k"


def _recommended(spec: RunSpec, titles: dict[str, str]) -> tuple[str, int | None]:
    """What a run takes by itself, in words, and its batch size."""
    try:
        found = catalogue.resolve(spec)
    except LnlError:  # said below, where the schedule is told
        return "", None
    recipe = found.recipe
    network = titles.get(recipe.network, recipe.network).split(" (")[0]
    size, where = recipe.batch_size, found.placement.title
    return parts.plain(f"Recommended: {network}, batch size {size}, {where}."), size
