"""How long a start will take: by earlier runs of the kind, else by a few steps that are tried."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from lnl import catalogue
from lnl.errors import StoreError
from lnl.measuring import expected
from lnl.records import RunSpec
from pages.ui.shell import live, progress, state


def run_times(specs: Sequence[RunSpec], seeds: int) -> None:
    """A line under the schedule; ``specs`` are resolved, one for each method.

    Nothing is tried on data that come with the app: they train in a minute or so, and the trial
    would take the machine from the first pictures.
    """
    earlier = [_earlier(spec.to_json()) for spec in specs]
    if None not in earlier:
        st.caption(progress.about(earlier * seeds, "based on earlier runs"))
        return
    if catalogue.dataset(specs[0].dataset).embedded:
        return
    trials = [
        expected.expecting(spec)
        for spec, known in zip(specs, earlier, strict=True)
        if known is None
    ]

    def draw() -> bool:
        if not all(trial.done() for trial in trials):
            st.caption("Trying a few steps, to say how long it takes…")
            return True
        tried = iter(trials)
        seconds = [next(tried).result() if known is None else known for known in earlier]
        if told := progress.about(seconds * seeds, "estimated from a few steps"):
            st.caption(told)
        return False

    live.refreshed(draw, "run_times", not all(trial.done() for trial in trials))


@st.cache_data(ttl=60, max_entries=64, show_spinner=False)
def _earlier(spec: str) -> float | None:
    """Seconds of a run, by the newest of its kind in the store."""
    wanted = RunSpec.from_json(spec)
    alike = {"dataset": wanted.dataset, "method": wanted.method, "network": wanted.network or ""}
    for run in state.newest(20, **alike):
        if run.last_epoch:
            with suppress(StoreError):
                return progress.seconds_an_epoch(state.records(run)) * (wanted.epochs or 0)
    return None
