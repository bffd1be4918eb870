"""The part of the set-up that is about data and the noise on their labels."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui import parts, state


def data_and_noise() -> RunSpec:
    """Widgets for both; a spec without a method."""
    cards = sorted(state.catalogue().datasets(), key=lambda card: not card.available)
    datasets = {card.name: card for card in cards}
    dataset = st.selectbox(
        "Data",
        list(datasets),
        index=list(datasets).index("digits"),
        key="data",
        bind="query-params",
        format_func=lambda name: datasets[name].title,
    )
    card = datasets[dataset]
    st.caption(_data_words(card))
    if not card.available:
        _absent(card)
    noises = {card.name: card for card in state.catalogue().noises(dataset) if not card.reason}
    first = list(noises).index("symmetric") if "symmetric" in noises else 0
    noise = st.selectbox(
        "Label noise",
        list(noises),
        index=first,
        key="noise",
        bind="query-params",
        format_func=lambda name: noises[name].title,
        help="How labels of the training set are made wrong. Test labels stay right.",
    )
    st.caption(parts.plain(noises[noise].summary))
    options = _noise_options(noises[noise])
    rate = 0
    if noises[noise].uses_rate:
        rate = st.slider(
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
    return RunSpec(dataset=dataset, noise=noise, rate=rate / 100, noise_options=options)


def _absent(card: Any) -> None:
    """What is missing, and the button that fetches it."""
    more = f" and {len(card.missing) - 1} more files" if len(card.missing) > 1 else ""
    st.warning(f"Not on this machine yet: {parts.plain(card.missing[0])}{more}.")
    if not card.can_download:
        return
    if st.button(f"Download {card.title}", icon=":material/download:", key="download"):
        bar = st.progress(0.0, "connecting")
        try:
            state.catalogue().download(card.name, lambda share, text: bar.progress(share, text))
        except LnlError as error:
            parts.error_box(error)
        else:
            st.rerun()


def _noise_options(card: Any) -> dict[str, Any]:
    """Only what differs from the default, which the run keeps by itself."""
    options = [option for option in card.options if option.name != "sampling"]
    if not options:
        return {}
    found = {}
    with st.expander("Options of the noise", expanded=card.name == "matrix"):
        for option in options:
            key, help = f"noise.{card.name}.{option.name}", parts.plain(option.help)
            label = option.name[:1].upper() + option.name[1:]
            if option.choices:
                found[option.name] = st.selectbox(label, option.choices, key=key, help=help)
            elif isinstance(option.default, int):
                found[option.name] = st.number_input(
                    label, 1, 1000, value=option.default, key=key, help=help
                )
            else:
                found[option.name] = st.text_area(label, key=key, help=help)
    return found


def _data_words(card: Any) -> str:
    channels, height, width = card.image_shape
    colour = "colour" if channels == 3 else "grey"
    made = ", generated" if card.synthetic else ""
    return (
        f"{card.num_train:,} images for training, {card.num_test:,} for testing, "
        f"{card.num_classes} classes, {width}×{height} {colour}{made}"
    )
