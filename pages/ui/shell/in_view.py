"""Which runs are looked at, and the way to their samples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from lnl.records import RunInfo
from lnl.runs.store import listing
from lnl.runs.store.listing import Query
from pages.ui.components import downloads
from pages.ui.shell import address, frame, navigation, parts, state
from pages.ui.shell.address import MOST_COMPARED, MOST_RUNS, Address

OFFERED = 50  # runs in a chooser; what it offers is sent to the browser
_TRIED = 20  # runs of which the newest that is not damaged counts


@dataclass(frozen=True)
class Choice:
    """The runs that the address asks for."""

    runs: tuple[RunInfo, ...]
    missing: tuple[str, ...] = ()  # asked for, but not in the store
    beyond: tuple[RunInfo, ...] = ()  # asked for, but more than the page shows

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the runs found."""
        return tuple(run.id for run in self.runs)


def choice(most: int = MOST_RUNS) -> Choice:
    """The runs asked for, the first ``most`` of them.

    Where the address names none, those started last, and it names them.
    """
    asked = address.now().runs
    if not asked:
        asked = tuple(run.id for run in _started_last(most))
        address.change(runs=asked)
    found = state.store().found(asked)
    downloads.about_runs(run.spec for run in found[:most])
    ids = {run.id for run in found}
    missing = tuple(run_id for run_id in asked if run_id not in ids)
    return Choice(tuple(found[:most]), missing, tuple(found[most:]))


def _started_last(most: int) -> list[RunInfo]:
    newest = state.newest(_TRIED) or state.store().newest(_TRIED)
    return state.store().started_with(newest[0].group, most) if newest else []


def offered(choice: Choice) -> list[RunInfo]:
    """What a chooser offers: the newest runs, or those that are searched for, and all chosen.

    Where there are more, draws a field to search all of them, as on Runs, and the way there.
    """
    count = state.store().count()
    runs = _searched(choice, count) if count > OFFERED else state.store().newest(OFFERED)
    ids = {run.id for run in runs}
    return runs + [run for run in (*choice.runs, *choice.beyond) if run.id not in ids]


def _searched(choice: Choice, count: int) -> list[RunInfo]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            f"Search all {count:,} runs",
            key="search_runs",
            placeholder="a method, data set, tag, note…",
            help="All words must occur. Without a search the newest runs are listed below.",
        )
        st.page_link(
            frame.file_of("Runs"),
            label="Older runs",
            icon=":material/history:",
            help=f"At most {OFFERED} of {count:,} runs are listed here. Runs lists every one.",
            query_params=Address(find=text, selected=choice.ids).query(),
            width="content",
        )
    found = listing.listed(state.store().database, Query(text), rows=OFFERED)
    return [run for start in found.starts for run in start][:OFFERED]


def chosen(here: Address) -> Address:
    """After other runs were chosen: the newest epoch."""
    return here.but(epoch=None)


def choose(run_ids: Iterable[str]) -> None:
    """Put runs into the address; the epoch goes back to the newest."""
    address.change(runs=tuple(run_ids)[:MOST_RUNS], epoch=None)


def open_samples(first: str, runs: Iterable[str], epoch: int | None, **asked: int | None) -> None:
    """Go to the samples of the run ``first`` that are asked for, such as ``sample=17``.

    The other runs of the board come along.
    """
    ids = (first, *(run_id for run_id in runs if run_id != first))
    navigation.go(frame.file_of("Samples"), Address(runs=ids, epoch=epoch).but(**asked))


def tell_missing(choice: Choice) -> None:
    """Say which of the runs asked for are not shown, and why."""
    for run_id in choice.missing:
        st.warning(f"Run {parts.plain(run_id[:60])} is not in the store. Was it deleted?")
    if choice.beyond:
        shown, asked = len(choice.runs), len(choice.runs) + len(choice.beyond)
        more = f" Compare shows up to {MOST_COMPARED}, in groups." if shown < MOST_COMPARED else ""
        st.caption(
            f":orange[:material/info:] Showing the first {shown} of {asked} runs, the most that "
            f"fit here.{more}"
        )
