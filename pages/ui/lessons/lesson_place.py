"""Where in the lessons one is; the address holds it: ``?lesson=3&step=2&change=1``."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lnl.lessons import LESSONS, Lesson, Planned

_OWN = ("lesson", "step", "change", "runs", "epoch")
STEPS = ("Guess", "Run it", "What happened", "Why, and what if")


@dataclass(frozen=True)
class Place:
    """A lesson, a step of it, and what was changed; all counted from 1."""

    number: int
    step: int = 1
    change: int | None = None

    @property
    def lesson(self) -> Lesson:
        """What is taught here."""
        return LESSONS[self.number - 1]

    @property
    def planned(self) -> tuple[Planned, ...]:
        """The runs of the lesson, changed or not."""
        return self.lesson.planned(self.change)


def read() -> tuple[Place | None, str]:
    """The place that the address asks for (None: the list), and what is wrong with it in words."""
    text = st.query_params.get("lesson")
    if text is None:
        return None, ""
    number = _number(text, len(LESSONS))
    if number is None:
        shown = text[:40]
        return None, f"There is no lesson “{shown}”: they are numbered 1 to {len(LESSONS)}."
    step = _number(st.query_params.get("step", "1"), len(STEPS)) or 1
    changes = len(LESSONS[number - 1].changes)
    return Place(number, step, _number(st.query_params.get("change", ""), changes)), ""


def _number(text: str, most: int) -> int | None:
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return found if 1 <= found <= most else None


def go(place: Place | None, runs: tuple[str, ...] = ()) -> None:
    """Put a place into the address; the runs shown there, none if nothing was run yet."""
    values = {} if place is None else {"lesson": str(place.number), "step": str(place.step)}
    if place is not None and place.change is not None:
        values["change"] = str(place.change)
    if runs:
        values["runs"] = ",".join(runs)
    kept = {name: v for name, v in st.query_params.to_dict().items() if name not in _OWN}
    st.query_params.from_dict({**kept, **values})  # all at once: one step of the browser's Back


def step_on(place: Place, by: int, runs: tuple[str, ...] = ()) -> None:
    """To the next step or the one before, with the same runs."""
    go(replace(place, step=place.step + by), runs)
