"""The panels of the live board, in the order in which they are shown. One file each."""

from __future__ import annotations

import streamlit as st

from pages.ui.board.panels import (
    confidence,
    confusion,
    detection,
    feature_map,
    fitting,
    losses,
    restoration,
    samples,
)
from pages.ui.board.panels.panel import Panel
from pages.ui.board.view import View
from pages.ui.shell import controls

PANELS: tuple[Panel, ...] = (
    confidence.PANEL,
    fitting.PANEL,
    detection.PANEL,
    confusion.PANEL,
    feature_map.PANEL,
    samples.PANEL,
    restoration.PANEL,
    losses.PANEL,
)


def chooser() -> tuple[str, ...]:
    """Which panels to show, by label; the address holds them: ``?panels=Confidence,Map``."""
    labels = {panel.label: panel.label for panel in PANELS}
    return controls.pills("Panels", labels, "panels", label_visibility="collapsed")


def board(view: View, labels: tuple[str, ...]) -> None:
    """The chosen panels that have something to show, two in a row where there is room."""
    chosen = [panel for panel in PANELS if panel.label in labels and panel.applies(view)]
    for place, row in enumerate(_rows(chosen)):
        with st.container(key="first_screen" if place == 0 else f"row_{place}"):
            grid = st.grid(len(row), min_column_width=400)
            for panel in row:
                with grid, st.container():
                    panel.show(view)


def _rows(panels: list[Panel]) -> list[list[Panel]]:
    rows: list[list[Panel]] = []
    for panel in panels:
        if rows and len(rows[-1]) == 1 and not (panel.whole_row or rows[-1][0].whole_row):
            rows[-1].append(panel)
        else:
            rows.append([panel])
    return rows
