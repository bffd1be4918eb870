"""The set-up panel: data, label noise, methods, schedule, Start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.records import RunSpec
from lnl.runs.running.manager import check_count
from pages.ui.forms import data_form, method_form, run_times
from pages.ui.shell import in_view, knowledge, parts, progress, state
from pages.ui.shell.address import MOST_RUNS

Show = Callable[[Sequence[str]], None]
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
    specs = runs(base, _show)
    if not specs:
        return
    if st.button(
        "Start", type="primary", icon=":material/play_arrow:", width="stretch", key="start"
    ):
        _start(specs)


def runs(base: RunSpec, show: Show) -> list[RunSpec]:
    """Widgets for the methods on data with noise, and what a start would train, in words.

    ``show`` opens runs of the very same settings where the user asks for it.
    """
    specs = [replace(base, **chosen) for chosen in method_form.methods(base.dataset)]
    if not specs:
        st.caption("Choose at least one method.")
    elif _schedule(specs):
        _stored(specs, show)
    return specs


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


def _schedule(specs: list[RunSpec]) -> bool:
    """What Start will do, in words; whether it can."""
    each = [spec for spec in specs if spec.seed == specs[0].seed]
    try:
        check_count(len(specs))
        planned = [catalogue.resolve(spec) for spec in each]
    except LnlError as error:
        parts.error_box(error)
        return False
    lines = [
        f"- {parts.plain(p.method_title)}: {progress.planned(p.stages)}{_uses(p.spec)}"
        for p in planned
    ]
    seeds = len(specs) // len(each)
    st.caption("\n".join([*lines, "", _several(specs, seeds)]))
    run_times.run_times([p.spec for p in planned], seeds)
    return True


def _uses(spec: RunSpec) -> str:
    uses = knowledge.used_by(spec)
    return f" :orange-badge[{uses}]" if uses else ""


def _stored(specs: list[RunSpec], show: Show) -> None:
    """Which of the runs the store has already, and the way to them."""
    resolved = [catalogue.resolve(spec).spec.with_absolute_paths() for spec in specs]
    ids = [run_id for run_id in state.store().of_specs(resolved) if run_id]
    if not ids:
        return
    one = len(ids) == 1
    if len(ids) < len(specs):
        words = f"{len(ids)} of these {len(specs)} runs {'is' if one else 'are'} stored already"
    else:
        words = "This run is stored already" if one else "These runs are stored already"
    st.caption(f":material/inventory_2: {words}: same settings, same seeds, same wrong labels.")
    if st.button(
        "Open the stored run" if one else f"Open the {len(ids)} stored runs",
        icon=":material/monitoring:",
        width="stretch",
        key="open_stored",
    ):
        show(ids)


def _several(specs: list[RunSpec], seeds: int) -> str:
    """How many runs there will be, and where they are seen; "" with one seed."""
    if seeds == 1:
        return ""
    first, last = specs[0].seed, specs[-1].seed
    told = f"**{len(specs)} runs**: each method with seeds {first} to {last}."
    if len(specs) <= MOST_RUNS:
        return told
    return (
        f"{told} The first {MOST_RUNS} are shown; all are on **Runs**, and **Compare** "
        "shows means over seeds."
    )


def default_button() -> None:
    """One click trains the default, where nobody has trained anything yet."""
    label = "Train your own: CE beside SelNLPL"
    pressed = st.button(label, type="primary", icon=":material/play_arrow:", key="start_default")
    if pressed and _loaded():
        _start([RunSpec(method=name) for name in method_form.DEFAULT])


def _start(specs: list[RunSpec]) -> None:
    ids = start(specs)
    if ids is not None:
        _show(ids)


def _show(run_ids: Sequence[str]) -> None:
    """On the page Watch, where the form is."""
    in_view.choose(run_ids)
    st.rerun()


def start(specs: list[RunSpec]) -> list[str] | None:
    """Train them; their ids, or None where nothing new was started, which is said here."""
    if not state.once(specs):
        return None
    try:
        return state.manager().start(specs)
    except LnlError as error:
        parts.error_box(error)
        return None
