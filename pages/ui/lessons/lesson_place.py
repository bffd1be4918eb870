"""Where in the lessons one is; the address holds it: ``?lesson=3&step=2&change=1``."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from lnl.lessons import LESSONS, Lesson, Planned
from pages.ui.shell import address
from pages.ui.shell.address import Address

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


def read(here: Address) -> tuple[Place | None, str]:
    """The place that the address asks for (None: the list), and what is wrong with it in words."""
    if here.lesson is None:
        return None, ""
    if here.lesson > len(LESSONS):
        return None, f"There is no lesson {here.lesson}: they are numbered 1 to {len(LESSONS)}."
    changes = len(LESSONS[here.lesson - 1].changes)
    change = here.change if here.change is not None and here.change <= changes else None
    step = here.step if here.step <= len(STEPS) else 1
    address.change(step=step, change=change)
    return Place(here.lesson, step, change), ""


def go(place: Place | None, runs: tuple[str, ...] = ()) -> None:
    """Callback: put a place into the address; the runs shown there, none if nothing was run yet."""
    lesson, step, change = (None, 1, None) if place is None else astuple(place)
    address.change(lesson=lesson, step=step, change=change, runs=runs, epoch=None)


def step_on(place: Place, by: int, runs: tuple[str, ...] = ()) -> None:
    """Callback: to the next step or the one before, with the same runs."""
    go(replace(place, step=place.step + by), runs)
