"""The right side of a lesson: images with their labels before the run, then its panels."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lnl import catalogue
from lnl.records import RunInfo, RunSpec
from pages.ui.board import panels, replay
from pages.ui.board.view import View
from pages.ui.components import pictures
from pages.ui.components.pictures import Picture, Tone
from pages.ui.lessons import restored_side_by_side
from pages.ui.lessons.lesson_place import Place
from pages.ui.shell import live, parts, state

SHOWN = 14  # images


def board(place: Place, runs: tuple[RunInfo, ...], big: bool) -> None:
    """The lesson's panels; they grow while its runs train."""
    names = {run.id: planned.name for run, planned in zip(runs, place.planned, strict=True)}

    def draw() -> bool:
        now = tuple(replace(state.store().run(run_id), name=name) for run_id, name in names.items())
        view = View(now, replay.replay(now), big=big)
        known = {panel.label: panel for panel in panels.PANELS}
        for label in place.lesson.panels:
            together = label == "Restoration" and restored_side_by_side.show(view)
            if not together and known[label].applies(view):
                known[label].show(view)
        return view.alive

    live.refreshed(draw, "lesson", any(map(state.busy, runs)))


def before(place: Place) -> None:
    """What the runs will be trained on: some images, the wrong labels marked."""
    spec = place.planned[-1].spec
    shown = _pictures(spec.to_json())
    wrong = sum(picture.tone == "mislabelled" for picture in shown)
    parts.panel_head(
        "What it is trained on",
        f"{len(shown)} of the training images with their given labels; {wrong} of them are wrong, "
        "framed by a dashed line with a cross.",
        "Chosen at random. The network sees images and given labels, never the frames.",
    )
    pictures.picture_grid(shown, key=f"lesson_{place.number}", size=110)


@st.cache_data(max_entries=16, show_spinner=False)
def _pictures(spec: str) -> list[Picture]:
    seen = catalogue.preview(RunSpec.from_json(spec), SHOWN, mislabelled_first=False)
    found = []
    for place, (image, given) in enumerate(zip(seen.images, seen.given_labels, strict=True)):
        true = given if seen.true_labels is None else seen.true_labels[place]
        lines = [f"label: {seen.class_names[given]}"]
        if true != given:
            lines.append(f"true: {seen.class_names[true]}")
        tone: Tone = "clean" if true == given else "mislabelled"
        found.append(Picture(image, int(seen.ids[place]), tuple(lines), tone))
    return found
