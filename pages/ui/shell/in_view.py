"""Which runs are looked at, and the way to their samples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from lnl.records import RunInfo
from pages.ui.components import downloads
from pages.ui.shell import address, frame, navigation, parts, state
from pages.ui.shell.address import MOST_RUNS, Address


@dataclass(frozen=True)
class Choice:
    """The runs that the address asks for."""

    runs: tuple[RunInfo, ...]
    missing: tuple[str, ...]  # asked for, but not in the store

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the runs found."""
        return tuple(run.id for run in self.runs)


def choice(known: list[RunInfo]) -> Choice:
    """The runs asked for; where the address names none, those started last, and it names them."""
    by_id = {run.id: run for run in known}
    asked = address.now().runs
    if not asked and known:
        newest = (state.own(known) or known)[0].group
        asked = tuple(run.id for run in reversed(known) if run.group == newest)[:MOST_RUNS]
        address.change(runs=asked)
    found = tuple(by_id[run_id] for run_id in asked if run_id in by_id)
    downloads.about_runs(run.spec for run in found)
    return Choice(found, tuple(run_id for run_id in asked if run_id not in by_id))


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


def tell_missing(missing: Iterable[str]) -> None:
    """Say which of the runs asked for are not there."""
    for run_id in missing:
        st.warning(f"Run {parts.plain(run_id[:60])} is not in the store. Was it deleted?")
