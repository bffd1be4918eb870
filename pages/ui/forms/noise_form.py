"""The part of the set-up that is about label noise: model, rate, options, seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from lnl import catalogue
from lnl.records import RunSpec
from pages.ui.forms import matrices, matrix_form
from pages.ui.shell import address, frame, parts

if TYPE_CHECKING:
    from lnl.catalogue import DatasetCard, NoiseCard, NoiseOption


def noise(data: DatasetCard, here: str) -> RunSpec:
    """Widgets for the noise on a data set (its card); a spec without a method."""
    cards = {card.name: card for card in catalogue.noises(data.name) if not card.reason}
    first = _first(data)
    name = address.select(
        "Label noise",
        {card.name: card.title for card in cards.values()},
        key="noise",
        default=first,
        help="How labels of the training set are made wrong. Test labels stay right.",
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


def _first(data: DatasetCard) -> str:
    """The noise to begin with: none on a file of one's own, whose labels may be wrong already.

    What was chosen for data of the other kind does not follow.
    """
    own = data.name.endswith(".npz")
    first = "none" if own else "symmetric"
    if st.session_state.get("_noise_on_own", own) != own:
        st.session_state["noise"] = first
    st.session_state["_noise_on_own"] = own
    return first


def _rate() -> int:
    rate: int = st.slider(
        "Noise rate",
        0,
        90,
        40,
        step=5,
        format="%d %%",
        key="rate",
        bind="query-params",
        help="Share of the training labels that the noise touches.",
    )
    return rate


def _options(card: NoiseCard) -> tuple[dict[str, Any], int]:
    """Only what differs from the default, which the run keeps by itself; and the seed."""
    found: dict[str, Any] = {}
    with st.expander("Options of the noise"):
        for option in card.options:
            if option.name == "matrix":
                continue
            value = _widget(card.name, option)
            if value != (option.choices[0] if option.choices else option.default):
                found[option.name] = value
        seed = st.number_input(
            "Noise seed",
            0,
            2**31 - 1,
            value=0,
            key="noise_seed",
            bind="query-params",
            help="Draws which labels become wrong: the same seed gives the same wrong labels "
            "everywhere. Runs can be compared only on the same draw.",
        )
    return found, seed


def _widget(model: str, option: NoiseOption) -> Any:
    told: dict[str, Any] = {
        "key": f"noise.{model}.{option.name}",
        "bind": "query-params",
        "help": parts.plain(option.help),
    }
    label = option.name[:1].upper() + option.name[1:]
    if option.choices:
        return st.selectbox(label, option.choices, **told)
    return st.number_input(label, 1, 1000, value=option.default, **told)


def in_address(spec: RunSpec) -> dict[str, str]:
    """What a link to another page with this form must say; bound widgets keep theirs themselves."""
    own = spec.dataset.endswith(".npz")
    said = {"data": "own" if own else spec.dataset, "noise": spec.noise}
    matrix = spec.noise_options.get("matrix", ())
    if 0 < len(matrix) <= matrices.MOST_IN_ADDRESS:
        told = st.query_params.get("matrix")
        said["matrix"] = told or matrices.to_text(np.array(matrix))
    return said


def _matrix(data: DatasetCard, here: str) -> dict[str, Any]:
    """The matrix that was edited on Data & noise, or that the address holds."""
    options = {"matrix": matrix_form.stored(data.num_classes).tolist()}
    if here != "Data & noise":
        st.page_link(
            frame.file_of("Data"),
            label="Edit the matrix on Data & noise",
            icon=":material/grid_on:",
            query_params=in_address(RunSpec(data.name, "matrix", noise_options=options)),
        )
    return options
