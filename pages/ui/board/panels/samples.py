"""A few images of each run: the wrong labels that it has memorised, and those it has seen through.

Where nobody knows the true labels, its suspects.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lnl.errors import StoreError
from lnl.samples.rankings import Query, find
from pages.ui.board import sampled
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.sampled import Sampled
from pages.ui.board.view import View
from pages.ui.components import pictures
from pages.ui.shell import in_view, parts

FEW = 12
STRIPS = {
    "sure": ("Memorised now", "no wrong label is predicted"),
    "recovered": ("Recovered", "no true class is predicted in spite of a wrong label"),
}
BLIND = {"suspects": ("Most suspicious labels", "no sample is kept")}


def draw(view: View, options: Options) -> None:
    """Each run's strips; a click opens the sample on its own page."""
    parts.glyphs(view.runs)
    for run in view.runs:
        try:
            seen = sampled.at(run, view.epoch, view.truth)
        except StoreError as error:
            parts.error_box(error)
            continue
        st.markdown(f"**{parts.plain(run.name)}**")
        if seen is None:
            st.caption("No finished epoch yet.")
            continue
        strips = STRIPS if seen.samples.known else BLIND
        for name, (title, none) in strips.items():
            _strip(seen, name, title, none, view)


def _strip(seen: Sampled, name: str, title: str, none: str, view: View) -> None:
    order = find(seen.samples, Query(name))
    share = f": {len(order):,} samples" if name in STRIPS else ""
    st.caption(f"{title}{share}" if len(order) else f"{title}: {none} at this epoch")
    if not len(order):
        return
    key = f"panel_{name}_{seen.run.id}"
    shown = [replace(picture, lines=picture.lines[:2]) for picture in seen.pictures(order[:FEW])]
    clicked = pictures.picture_grid(shown, key, 128 if view.big else 88, selectable=True)
    if clicked is not None:
        runs = (run.id for run in view.runs)
        in_view.open_samples(seen.run.id, runs, view.epoch, sample=clicked)


PANEL = Panel(
    "Samples",
    "The images behind the numbers",
    "Of each run twelve wrong labels that the network now repeats, and twelve that it has seen "
    "through, those first of which it is surest. Click one to see its whole history.",
    "Memorised: the network predicts the wrong label that the sample was given. Recovered: it "
    "predicts the true class in spite of it. Dashed frames with a cross are mislabelled samples. "
    "Without true labels: the samples whose label the method believes least.",
    draw,
    whole_row=True,
)
