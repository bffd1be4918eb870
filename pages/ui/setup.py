"""The set-up panel: data, label noise, methods, schedule, Start."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from lnl.errors import LnlError, StoreError
from lnl.records import RunSpec
from pages.ui import data_form, in_view, method_form, parts, progress, state

log = logging.getLogger(__name__)


@st.fragment
def form() -> None:
    """All widgets of the set-up and the Start button."""
    st.header("Set up", anchor=False)
    if not _loaded():
        return
    base = data_form.data_and_noise()
    if base is None:
        return
    specs = [replace(base, **chosen) for chosen in method_form.methods(base.dataset)]
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
    for run in state.own(state.store().runs()):
        same = run.spec.dataset == dataset and run.spec.method == method
        if same and network in (None, run.spec.network) and run.last_epoch:
            with suppress(StoreError):
                return progress.seconds_an_epoch(state.records(run))
    return None


def default_button() -> None:
    """One click trains the default, where nobody has trained anything yet."""
    label = "Train your own: CE beside SelNLPL"
    pressed = st.button(label, type="primary", icon=":material/play_arrow:", key="start_default")
    if pressed and _loaded():
        _start([RunSpec(method=name) for name in method_form.DEFAULT])


def _start(specs: list[RunSpec]) -> None:
    if not state.once(specs):
        return
    try:
        ids = state.manager().start(specs)
    except LnlError as error:
        parts.error_box(error)
        return
    in_view.choose(ids)
    st.rerun()
