"""Which runs and which epoch are looked at: the address holds both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from lnl.charts import class_labels
from lnl.records import RunInfo
from pages.ui.shell import frame, navigation, parts, state

MOST_RUNS = 8  # shown together


@dataclass(frozen=True)
class Choice:
    """The runs that the address asks for: ``?runs=a,b``."""

    runs: tuple[RunInfo, ...]
    missing: tuple[str, ...]  # asked for, but not in the store

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the runs found."""
        return tuple(run.id for run in self.runs)


def choice(known: list[RunInfo]) -> Choice:
    """The runs asked for; without a word in the address, those started last."""
    by_id = {run.id: run for run in known}
    asked = list(dict.fromkeys(filter(None, st.query_params.get("runs", "").split(","))))
    asked = asked[:MOST_RUNS]
    if not asked and known:
        newest = (state.own(known) or known)[0].group
        asked = [run.id for run in reversed(known) if run.group == newest][:MOST_RUNS]
    found = tuple(by_id[run_id] for run_id in asked if run_id in by_id)
    missing = tuple(run_id[:60] for run_id in asked if run_id not in by_id)
    return Choice(found, missing)


def choose(run_ids: list[str]) -> None:
    """Put runs into the address; the epoch goes back to the newest."""
    st.query_params.pop("epoch", None)
    if run_ids:
        st.query_params["runs"] = ",".join(run_ids[:MOST_RUNS])
    else:
        st.query_params.pop("runs", None)


def look_at(epoch: int | None) -> None:
    """Put an epoch into the address, or go back to the newest."""
    if epoch is None:
        st.query_params.pop("epoch", None)
    else:
        st.query_params["epoch"] = str(epoch)


def epoch() -> int | None:
    """The epoch that the address asks for: ``?epoch=3``; None: the newest."""
    text = st.query_params.get("epoch", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 6 else None


def open_sample(sample: int, first: str, runs: Iterable[str], epoch: int | None) -> None:
    """Go to a sample's own page, of the run ``first``, with the others of the board beside it."""
    open_samples({"sample": str(sample)}, first, runs, epoch)


def open_samples(
    query: Mapping[str, str], first: str, runs: Iterable[str], epoch: int | None
) -> None:
    """Go to the samples of the run ``first`` that ``query`` asks for; else as ``open_sample``."""
    ids = [first, *(run_id for run_id in runs if run_id != first)]
    when = {} if epoch is None else {"epoch": str(epoch)}
    navigation.go(frame.file_of("Samples"), {"runs": ",".join(ids), **when, **query})


def address_of(class_names: Sequence[str], **classes: int) -> dict[str, str]:
    """What the address says to list samples of these classes, such as ``given=3, true=-1``."""
    labels = class_labels(class_names)
    return {key: labels[number] for key, number in classes.items()}


def tell_missing(missing: Iterable[str]) -> None:
    """Say which of the runs asked for are not there."""
    for run_id in missing:
        st.warning(f"Run {parts.plain(run_id)} is not in the store. Was it deleted?")
