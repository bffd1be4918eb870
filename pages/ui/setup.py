"""The set-up panel: data, label noise, methods, schedule; and which stored runs are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunInfo, RunSpec
from pages.ui import parts, settings, state

DEFAULT_METHODS = ["ce", "selnlpl"]


def run_chooser(known: list[RunInfo], choice: state.Choice) -> None:
    """Which runs are shown, old or new; the address holds the choice."""
    names = {run.id: run.name for run in known}
    if tuple(st.session_state.get("runs_shown", ())) != choice.ids:
        st.session_state["runs_shown"] = list(choice.ids)
    st.multiselect(
        "Runs shown side by side",
        options=list(names),
        key="runs_shown",
        format_func=lambda run_id: names.get(run_id, run_id),
        max_selections=state.MOST_RUNS,
        on_change=lambda: state.choose(st.session_state["runs_shown"]),
        placeholder="Choose runs to look at",
    )


@st.fragment
def form() -> None:
    """All widgets of the set-up and the Start button."""
    st.header("Set up", anchor=False)
    with st.spinner("Loading the methods…"):
        state.catalogue()
    base = _data_and_noise()
    specs = [replace(base, **chosen) for chosen in _methods(base.dataset)]
    if not specs:
        st.caption("Choose at least one method.")
        return
    _schedule(specs)
    if st.button(
        "Start", type="primary", icon=":material/play_arrow:", width="stretch", key="start"
    ):
        _start(specs)


def _data_and_noise() -> RunSpec:
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
        st.warning(
            f"Not on this machine yet. Missing: {parts.plain(', '.join(card.missing[:3]))}",
            icon=":material/download:",
        )
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


def _methods(dataset: str) -> list[dict[str, Any]]:
    """What differs between the runs of this start."""
    cards = {card.name: card for card in state.catalogue().methods()}
    chosen = st.multiselect(
        "Methods, side by side",
        list(cards),
        default=[name for name in DEFAULT_METHODS if name in cards],
        max_selections=state.MOST_RUNS,
        key="methods",
        bind="query-params",
        format_func=lambda name: cards[name].title,
        help="They are trained in turns, epoch by epoch, on the same wrong labels.",
    )
    common = _common()
    return [
        {"method": name, **common, "settings": _settings_of(cards[name], dataset)}
        for name in chosen
    ]


def _settings_of(card: Any, dataset: str) -> dict[str, Any]:
    with st.expander(f"Settings of {card.title}"):
        st.caption(parts.plain(card.summary))
        defaults = state.catalogue().defaults(card.name, dataset)
        return settings.form(card.settings, defaults, f"{card.name}.{dataset}")


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
        help="Of the network and the order of the images. The wrong labels are drawn by seed 0.",
    )
    return {"epochs": epochs, "seed": seed}


def _schedule(specs: list[RunSpec]) -> None:
    """What Start will do, in words."""
    try:
        lines = [f"- {spec.method}: {state.catalogue().schedule(spec).words}" for spec in specs]
    except LnlError as error:
        parts.error_box(error)
        return
    st.caption("\n".join(lines))


def default_button() -> None:
    """One click trains the default, where nothing has been trained yet."""
    label = "Train CE beside SelNLPL"
    if st.button(label, type="primary", icon=":material/play_arrow:", key="start_default"):
        with st.spinner("Loading the methods…"):
            state.catalogue()
        _start([RunSpec(method=name) for name in DEFAULT_METHODS])


def _start(specs: list[RunSpec]) -> None:
    if not state.once(specs):
        return
    try:
        ids = state.manager().start(specs)
    except LnlError as error:
        parts.error_box(error)
        return
    state.choose(ids)
    st.rerun()
