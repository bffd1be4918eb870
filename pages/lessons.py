"""Lessons: guided experiments, each with a guess, a run, and what it showed."""

import streamlit as st

from lnl.lessons import LESSONS
from pages.ui.board import switches
from pages.ui.board.keys import Acts
from pages.ui.lessons import lesson_board, lesson_place, lesson_runs, lesson_steps
from pages.ui.lessons.lesson_place import Place
from pages.ui.shell import address, frame, parts

frame.ensure()


def overview(wrong: str) -> None:
    """All lessons, in their order."""
    parts.head(
        "Lessons",
        "Guided experiments on small images: guess what will happen, train, and see whether it "
        "did. The results in the texts are those of your own runs; times are for one CPU core.",
    )
    if wrong:
        st.warning(parts.plain(wrong))
    grid = st.grid(2, min_column_width=320)
    for number, lesson in enumerate(LESSONS, 1):
        with (
            grid,
            st.container(
                border=True, height="stretch", horizontal=True, vertical_alignment="center"
            ),
        ):
            with st.container(gap="xsmall"):
                st.markdown(f"**{number}. {lesson.title}**")
                st.markdown(parts.plain(lesson.learns))
                seconds = lesson_runs.seconds(Place(number))
                st.caption(
                    f":material/timer: about {seconds} s of training · after {lesson.source}"
                )
            st.button(
                "Open",
                key=f"open_lesson_{number}",
                icon=":material/arrow_forward:",
                on_click=lesson_place.go,
                args=(Place(number),),
            )


def show(place: Place) -> None:
    """One lesson: words to the left, images or panels to the right."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "All lessons",
            key="lessons_all",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=lesson_place.go,
            args=(None,),
        )
        st.space("stretch")
        big = switches.presentation(Acts())
    st.header(f"{place.number}. {place.lesson.title}", anchor=False)
    runs = lesson_runs.chosen(place)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        lesson_steps.step(place, runs)
    with right:
        if runs and place.step > 1:
            lesson_board.board(place, runs, big)
        else:
            lesson_board.before(place)


place, wrong = lesson_place.read(address.now())
if place is None:
    overview(wrong)
else:
    show(place)
