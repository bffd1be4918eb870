"""The part of the set-up that is about label noise: model, rate, options, seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue, charts
from lnl.records import RunSpec
from pages.ui.forms import matrix_form
from pages.ui.shell import address, controls, frame, parts

if TYPE_CHECKING:
    from lnl.catalogue import DatasetCard, NoiseCard, NoiseOption


def noise(data: DatasetCard, here: str) -> RunSpec:
    """Widgets for the noise on a data set (its card); a spec without a method."""
    cards = {card.name: card for card in catalogue.noises(data.name) if not card.reason}
    if data.num_classes > charts.MOST_CLASSES:
        cards.pop("matrix", None)  # nobody can read or edit a table of so many cells
    name = controls.select(
        "Label noise",
        {card.name: card.title for card in cards.values()},
        "noise",
        default="symmetric" if data.labels_are_true else "none",
        help="How training labels are corrupted. Test labels stay clean.",
    )
    card = cards[name]
    st.caption(parts.plain(card.summary))
    rate = _rate() if card.uses_rate else 0
    options = _matrix(data, here) if name == "matrix" else {}
    chosen, seed = _options(card)
    return RunSpec(
        dataset=data.name,
        noise=name,
        rate=rate / 100,
        noise_seed=seed,
        noise_options=options | chosen,
    )


def _rate() -> int:
    return controls.slider(
        "Noise rate",
        0,
        90,
        "rate",
        step=5,
        format="%d %%",
        help="Share of the training labels affected by the noise.",
    )


def _options(card: NoiseCard) -> tuple[dict[str, str | int], int]:
    """Only what differs from the default, which the run keeps by itself; and the seed."""
    with st.expander("Noise options", expanded=any(o.default == "" for o in card.options)):
        options = [option for option in card.options if option.name != "matrix"]
        values = {option.name: _widget(option) for option in options}
        seed = controls.number(
            "Noise seed",
            0,
            2**31 - 1,
            "noise_seed",
            help="Selects which labels are corrupted: the same seed gives the same wrong labels "
            "everywhere. Only runs with the same noise seed are comparable.",
        )
    defaults = {option.name: _default(option) for option in options}
    return {name: v for name, v in values.items() if v != defaults[name]}, seed


def _default(option: NoiseOption) -> str | int:
    if option.choices:
        return option.choices[0]
    return option.default if isinstance(option.default, str) else int(option.default)


def _widget(option: NoiseOption) -> str | int:
    label, at = option.name[:1].upper() + option.name[1:], f"noise_options.{option.name}"
    help = parts.plain(option.help)
    if option.choices:
        return controls.select(label, {name: name for name in option.choices}, at, help=help)
    if isinstance(option.default, str):
        return controls.text(label, at, help=help)
    return controls.number(label, 1, 1000, at, int(option.default), help=help)


def _matrix(data: DatasetCard, here: str) -> dict[str, list[list[float]]]:
    """The matrix that was edited on Data & noise, or that the address holds."""
    options = {"matrix": matrix_form.stored(data.num_classes).tolist()}
    if here != "Data & noise":
        st.page_link(
            frame.file_of("Data"),
            label="Edit the matrix on Data & noise",
            icon=":material/grid_on:",
            query_params=address.now().but(runs=(), epoch=None).query(),
        )
    return options
