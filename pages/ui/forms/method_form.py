"""The part of the set-up that is about methods: which, how long, with which settings."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lnl import catalogue
from lnl.records import RunSpec
from pages.ui.forms import method_picker, method_settings, network_form
from pages.ui.shell import controls, knowledge
from pages.ui.shell.address import MOST_RUNS, default

MOST_SEEDS = 100
DEFAULT = default("methods")  # of the first click


def methods(dataset: str) -> list[dict[str, Any]]:
    """The runs of this start beside data and noise: all methods with a seed, then with the next."""
    families = [group.name for group in catalogue.groups()]
    listed = sorted(catalogue.methods(), key=lambda card: families.index(card.group))
    cards = {card.name: card for card in listed}
    chosen = controls.several(
        "Methods",
        {name: knowledge.marked(card) for name, card in cards.items()},
        "methods",
        most=MOST_RUNS,
        help="Trained in turn, epoch by epoch, on the same noisy labels. They stand family by "
        f"family: *Choose by family* tells what each does. {knowledge.FOOTNOTE}",
    )
    method_picker.offer()
    epochs, seeds = _common()
    if not chosen:
        return []
    own = [
        {"method": name, **method_settings.settings_of(name, cards, dataset, epochs)}
        for name in chosen
    ]
    common = network_form.network_and_device(
        [RunSpec(dataset, "none", 0.0, epochs=epochs, **each) for each in own]
    )
    return [{**each, **common, "epochs": epochs, "seed": seed} for seed in seeds for each in own]


def _common() -> tuple[int | None, range]:
    """Epochs, and the seeds of the runs of each method."""
    left, middle, right = st.columns(3)
    with left:
        epochs = controls.number_or_none(
            "Epochs",
            1,
            5000,
            "epochs",
            placeholder="default",
            help="Total epochs; stages are scaled to fit. Empty: method default.",
        )
    with middle:
        seed = controls.number(
            "Seed",
            0,
            2**31 - 1,
            "seed",
            help="Initial weights, order of images, augmentation. Label noise has its own seed.",
        )
    with right:
        count = controls.number(
            "Seeds",
            1,
            MOST_SEEDS,
            "seed_count",
            help="Runs per method, with consecutive seeds: 3 from seed 0 are 0, 1 and 2. A single "
            "run can be lucky; Compare shows mean and spread. All train on the same noisy labels.",
        )
    return epochs, range(seed, seed + count)
