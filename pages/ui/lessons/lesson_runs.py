"""The runs of a lesson: started, found among those that are here, read for its claim."""

from __future__ import annotations

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.lessons import Outcome, Seen
from lnl.lessons.finding import finished
from lnl.records import RunInfo
from pages.ui.lessons import lesson_place
from pages.ui.lessons.lesson_place import Place
from pages.ui.shell import address, in_view, parts, state


def chosen(place: Place) -> tuple[RunInfo, ...]:
    """The runs of the address, if they are as many as the lesson has and still in the store."""
    if not address.now().runs:
        return ()
    choice = in_view.choice()
    fits = len(choice.runs) == len(place.planned) and not choice.missing
    return choice.runs if fits else ()


def here(place: Place) -> tuple[RunInfo, ...]:
    """Runs of just these specs that are finished already, own or recorded; none if one lacks."""
    found = []
    for planned in place.planned:
        alike = state.store().alike([planned.spec])
        found.append(finished(alike, catalogue.resolve(planned.spec).spec))
    return tuple(run for run in found if run) if all(found) else ()


def epochs(place: Place) -> int:
    """Of all its runs."""
    return sum(planned.spec.epochs or 0 for planned in place.planned)


def seconds(place: Place) -> int:
    """How long all its runs train on one idle CPU core, as measured; a change by its epochs."""
    whole = sum(planned.spec.epochs or 0 for planned in place.lesson.runs)
    return round(place.lesson.seconds * epochs(place) / whole)


def start(place: Place) -> None:
    """Train them; the address then holds them."""
    specs = [planned.spec for planned in place.planned]
    if not state.once((place, specs)):
        return
    names = [f"{planned.name} · lesson {place.number}" for planned in place.planned]
    try:
        ids = state.manager().start(specs, names)
    except LnlError as error:
        parts.error_box(error)
        return
    lesson_place.go(place, tuple(ids))
    st.rerun()


def is_done(runs: tuple[RunInfo, ...]) -> bool:
    """Whether there are runs and all have been trained to their end."""
    return bool(runs) and all(run.status == "done" for run in runs)


def outcome(place: Place, runs: tuple[RunInfo, ...]) -> Outcome:
    """What the runs show of the lesson's claim."""
    return _outcome(place, tuple((run.id, run.last_epoch) for run in runs))


@st.cache_data(max_entries=64, show_spinner=False)
def _outcome(place: Place, runs: tuple[tuple[str, int], ...]) -> Outcome:
    seen = [
        Seen(
            planned.name,
            state.store().run(run_id).data,
            state.store().records(run_id, histograms=True),
        )
        for planned, (run_id, _) in zip(place.planned, runs, strict=True)
    ]
    return place.lesson.claim(seen)
