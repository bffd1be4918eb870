"""The set-up panel: data, label noise, methods, schedule, Start."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from lnl.errors import LnlError, StoreError
from lnl.records import RunSpec
from pages.ui import data_form, parts, progress, settings, state

log = logging.getLogger(__name__)
DEFAULT_METHODS = ["ce", "selnlpl"]


@st.fragment
def form() -> None:
    """All widgets of the set-up and the Start button."""
    st.header("Set up", anchor=False)
    if not _loaded():
        return
    base = data_form.data_and_noise()
    specs = [replace(base, **chosen) for chosen in _methods(base.dataset)]
    if not specs:
        st.caption("Choose at least one method.")
        return
    _schedule(specs)
    if st.button(
        "Start", type="primary", icon=":material/play_arrow:", width="stretch", key="start"
    ):
        _start(specs)


def _loaded() -> bool:
    """Wait for the methods; stored runs can be looked at even where they cannot be loaded."""
    try:
        with st.spinner("Loading the methods…"):
            state.catalogue()
    except Exception as error:
        log.exception("the catalogue could not be loaded")
        parts.error_box(error)
        return False
    return True


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
    return [{"method": name, **common, **_settings_of(cards[name], dataset)} for name in chosen]


def _settings_of(card: Any, dataset: str) -> dict[str, Any]:
    """The method's own part of the spec: its settings and the preset that they start from."""
    with st.expander(f"Settings of {card.title}"):
        st.caption(parts.plain(card.summary))
        preset = _preset(card)
        defaults = state.catalogue().defaults(card.name, dataset, preset)
        key = f"{card.name}.{dataset}.{preset}" if preset else f"{card.name}.{dataset}"
        if any(field.get("unit") == "epochs" for field in card.settings["properties"].values()):
            st.caption("Epochs of stages are proportions: the whole is scaled to the epochs above.")
        return {"preset": preset, "settings": settings.form(card.settings, defaults, key)}


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
        help="Of the network and the order of the images. The wrong labels are drawn by seed 0.",
    )
    return {"epochs": epochs, "seed": seed}


def _schedule(specs: list[RunSpec]) -> None:
    """What Start will do, in words."""
    try:
        planned = [state.catalogue().schedule(spec) for spec in specs]
    except LnlError as error:
        parts.error_box(error)
        return
    titles = {card.name: parts.plain(card.title) for card in state.catalogue().methods()}
    lines = [
        f"- {titles[spec.method]}: {progress.planned(schedule.stages)}"
        for spec, schedule in zip(specs, planned, strict=True)
    ]
    seconds = [_seconds_an_epoch(spec.dataset, spec.method, spec.network) for spec in specs]
    told = progress.about(seconds, [schedule.epochs for schedule in planned])
    st.caption("\n".join([*lines, "", told]))


@st.cache_data(ttl=60, max_entries=64, show_spinner=False)
def _seconds_an_epoch(dataset: str, method: str, network: str | None) -> float | None:
    """Of the newest run of that kind in the store."""
    for run in state.store().runs():
        same = run.spec.dataset == dataset and run.spec.method == method
        if same and network in (None, run.spec.network) and run.last_epoch:
            with suppress(StoreError):
                return progress.seconds_an_epoch(state.records(run))
    return None


def default_button() -> None:
    """One click trains the default, where nothing has been trained yet."""
    label = "Train CE beside SelNLPL"
    pressed = st.button(label, type="primary", icon=":material/play_arrow:", key="start_default")
    if pressed and _loaded():
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
