"""The left side of a lesson: the question, the run, what happened, why, and what next."""

from __future__ import annotations

import streamlit as st

from lnl.lessons import LESSONS
from lnl.records import RunInfo
from pages.ui.board import run_card
from pages.ui.lessons import lesson_place, lesson_runs
from pages.ui.lessons.lesson_place import STEPS, Place
from pages.ui.shell import parts, progress

Runs = tuple[RunInfo, ...]


def step(place: Place, runs: Runs) -> None:
    """The text and the buttons of the step."""
    told = f"Step {place.step} of {len(STEPS)} · {STEPS[place.step - 1]}"
    if place.change is not None:
        told += f" · changed: {place.lesson.changes[place.change - 1].text}"
    st.caption(told)
    (_guess, _run, _happened, _why)[place.step - 1](place, runs)
    if place.step > 1:
        _button("Back", place, -1, runs, icon=":material/arrow_back:", type="tertiary")


def _button(label: str, place: Place, by: int, runs: Runs, **more: str) -> None:
    ids = tuple(run.id for run in runs)
    st.button(
        label,
        key=f"lesson_{'next' if by > 0 else 'back'}",
        on_click=lesson_place.step_on,
        args=(place, by, ids),
        **more,  # type: ignore[arg-type]
    )


def _guess(place: Place, runs: Runs) -> None:
    st.markdown(place.lesson.question)
    st.radio(
        "Your guess",
        place.lesson.choices,
        index=None,
        key=f"guess_{place.number}",
        persist_state="session",
    )
    _button("To the experiment", place, 1, runs, type="primary")


def _run(place: Place, runs: Runs) -> None:
    st.markdown(place.lesson.watch)
    if lesson_runs.is_done(runs):
        _button("What happened?", place, 1, runs, type="primary")
    elif runs:
        _under_way(runs)
    else:
        _offer(place)


def _under_way(runs: Runs) -> None:
    if any(run.alive for run in runs):
        st.caption("Training… You can look at earlier epochs in the meantime.")
    for run in runs:
        if not run.alive and run.status != "done":
            label, _, icon = progress.STATUS[run.status]
            message = f"{run.name}: {label}. {run.message}"
            st.warning(parts.plain(message), icon=icon)
            run_card.resume(run)


def _offer(place: Place) -> None:
    found = lesson_runs.here(place)
    names = " and ".join(planned.name for planned in place.planned)
    if st.button(
        f"Train {names}",
        type="secondary" if found else "primary",
        icon=":material/play_arrow:",
        key="lesson_start",
    ):
        lesson_runs.start(place)
    epochs, seconds = lesson_runs.epochs(place), lesson_runs.seconds(place)
    st.caption(f"{epochs} epochs in total: about {seconds} s on one CPU core.")
    if found:
        st.button(
            "Show the stored run" if len(found) == 1 else "Show the stored runs",
            type="primary",
            icon=":material/visibility:",
            key="lesson_here",
            help="Already trained with the same settings and seed, so the numbers are the same.",
            on_click=lesson_place.go,
            args=(place, tuple(run.id for run in found)),
        )


def _happened(place: Place, runs: Runs) -> None:
    if not lesson_runs.is_done(runs):
        st.markdown("Not finished yet: go back and train it first.")
        return
    outcome = lesson_runs.outcome(place, runs)
    if place.change is None:
        _answer(place, outcome.shows)
    elif outcome.shows:
        st.markdown("**With this change the effect is still there.**")
    else:
        st.markdown("**With this change the effect is gone, or too small to count.**")
    st.markdown(parts.plain(outcome.text))
    _button("Why?", place, 1, runs, type="primary")


def _answer(place: Place, shows: bool) -> None:
    guess, right = st.session_state.get(f"guess_{place.number}"), place.lesson.choices
    answer = right[place.lesson.answer]
    if not shows:
        st.markdown("**Not this time:** in these runs the expected effect does not show.")
    elif guess is None:
        st.markdown(f"**{answer}.**")
    elif guess == answer:
        st.markdown(f":material/check_circle: **You guessed it: “{answer}”.**")
    else:
        st.markdown(f"**{answer}.** Your guess was “{guess}”.")


def _why(place: Place, runs: Runs) -> None:
    st.markdown(place.lesson.why)
    st.caption(f"After {place.lesson.source}")
    st.markdown("**Now change one thing**")
    for number, change in enumerate(place.lesson.changes, 1):
        st.button(
            change.text,
            key=f"lesson_change_{number}",
            icon=":material/tune:",
            disabled=number == place.change,
            on_click=lesson_place.go,
            args=(Place(place.number, 2, number),),
        )
    if place.number < len(LESSONS):
        following = Place(place.number + 1)
        st.button(
            f"Next lesson: {following.lesson.title}",
            key="lesson_following",
            type="primary",
            on_click=lesson_place.go,
            args=(following,),
        )
