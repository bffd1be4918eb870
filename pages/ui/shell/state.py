"""What all sessions share: the store, the manager, the catalogue, records read once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue, recorded
from lnl.errors import LnlError
from lnl.maps.maker import MapMaker
from lnl.records import EpochRecord, RunInfo
from lnl.runs.running.manager import RunManager
from lnl.runs.store import RunStore

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard

log = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False, on_release=lambda store: store.close())
def store() -> RunStore:
    """The run store of ``$LNL_CACHE`` or ``./cache``."""
    return RunStore()


@st.cache_resource(show_spinner=False, on_release=lambda manager: manager.close())
def manager() -> RunManager:
    """The one manager of this process."""
    return RunManager(store())


@st.cache_resource(show_spinner=False, on_release=lambda maker: maker.close())
def map_maker() -> MapMaker:
    """The one process that makes maps of features; it starts with the first wish."""
    return MapMaker(store().folder)


@st.cache_resource(show_spinner=False)
def loading() -> Future[list[MethodCard]]:
    """The import of the catalogue's parts, in a thread: torch takes seconds, no page need wait.

    The same thread then warms torch up, so that the first click trains at once.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="import")
    loaded = pool.submit(lambda: catalogue.methods())  # the name itself imports torch
    pool.submit(lambda: catalogue.warm_up())
    pool.shutdown(wait=False)
    return loaded


def wait_for_catalogue() -> None:
    """Before the first use of ``lnl.catalogue``: raises what its import raised."""
    loading().result()


def busy(run: RunInfo) -> bool:
    """Whether something may happen by itself: a paused run waits for a wish."""
    return run.alive and (run.status != "paused" or run.wanted != "pause")


def named(run_id: str, name: str) -> RunInfo:
    """A run of the store under the name it has on a board."""
    return replace(store().run(run_id), name=name)


def alive() -> list[RunInfo]:
    """Runs that wait, train or rest, the newest first; first those of dead processes are ended."""
    manager()
    store().sweep()
    return store().alive()


def newest(limit: int, **same: str) -> list[RunInfo]:
    """The newest runs but those that came with the app; see ``RunTable.newest``."""
    return store().newest(limit, besides=recorded.GROUP, **same)


def trained_here() -> bool:
    """Whether there are runs besides those that came with the app."""
    return store().count(besides=recorded.GROUP) > 0


def give_recorded() -> None:
    """A new store gets the comparison that ships with the app; without it the app works too."""
    try:
        recorded.give(store())
    except LnlError:
        log.exception("the recorded comparison could not be added")


def once(token: object, seconds: float = 3.0) -> bool:
    """False if this session did the very same a moment ago: a double click starts one thing."""
    last, when = st.session_state.get("_done_last", (None, 0.0))
    if last == token and time.monotonic() - when < seconds:
        return False
    st.session_state["_done_last"] = (token, time.monotonic())
    return True


def records(run: RunInfo) -> list[EpochRecord]:
    """A run's records so far without histograms; each epoch is read once for all sessions."""
    return _read(run, histograms=False)


def histories(run: RunInfo) -> list[EpochRecord]:
    """The same with histograms."""
    return _read(run, histograms=True)


def _read(run: RunInfo, histograms: bool) -> list[EpochRecord]:
    known = _known(run.id, histograms)
    newest = max(known, default=0)
    if newest < run.last_epoch:
        # Two sessions may read the same epochs at once: each takes its place by its number.
        missing = store().records(run.id, histograms=histograms, since=newest)
        known.update({record.epoch: record for record in missing})
    return [known[epoch] for epoch in sorted(known) if epoch <= run.last_epoch]


@st.cache_resource(max_entries=64, show_spinner=False)
def _known(run_id: str, histograms: bool) -> dict[int, EpochRecord]:
    return {}


def attempt(act: Callable[[str], object], run_ids: Iterable[str]) -> None:
    """Do something to each run; what is refused is said in a toast that outlives the rerun."""
    for run_id in run_ids:
        try:
            act(run_id)
        except LnlError as error:
            st.toast(str(error), icon=":material/error:", duration="long")
