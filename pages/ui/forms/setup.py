"""The set-up panel: data, label noise, methods, schedule, Start."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError, StoreError
from lnl.records import RunSpec
from lnl.runs.running.manager import check_count
from pages.ui.forms import data_form, method_form
from pages.ui.shell import in_view, parts, progress, state
from pages.ui.shell.address import MOST_RUNS

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
            state.wait_for_catalogue()
    except Exception as error:
        log.exception("the catalogue could not be loaded")
        parts.error_box(error)
        return False
    return True


def _schedule(specs: list[RunSpec]) -> None:
    """What Start will do, in words."""
    each = [spec for spec in specs if spec.seed == specs[0].seed]
    try:
        check_count(len(specs))
        planned = [catalogue.outlook(spec) for spec in each]
    except LnlError as error:
        parts.error_box(error)
        return
    lines = [f"- {parts.plain(p.method_title)}: {progress.planned(p.stages)}" for p in planned]
    seconds = [_seconds_an_epoch(spec.dataset, spec.method, spec.network) for spec in each]
    seeds = len(specs) // len(each)
    told = progress.about(seconds * seeds, [p.epochs for p in planned] * seeds)
    st.caption("\n".join([*lines, "", " ".join(filter(None, [_several(specs, seeds), told]))]))


def _several(specs: list[RunSpec], seeds: int) -> str:
    """How many runs there will be, and where they are seen; "" with one seed."""
    if seeds == 1:
        return ""
    first, last = specs[0].seed, specs[-1].seed
    told = f"**{len(specs)} runs**: every method with the seeds {first} to {last}."
    if len(specs) <= MOST_RUNS:
        return told
    return (
        f"{told} The first {MOST_RUNS} are shown; all are on **Runs**, and **Compare** "
        "shows means over seeds."
    )


@st.cache_data(ttl=60, max_entries=64, show_spinner=False)
def _seconds_an_epoch(dataset: str, method: str, network: str | None) -> float | None:
    """Of the newest run of that kind in the store."""
    alike = {"dataset": dataset, "method": method} | ({"network": network} if network else {})
    for run in state.newest(20, **alike):
        if run.last_epoch:
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
