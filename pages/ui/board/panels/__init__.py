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
from pages.ui.shell import address

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
FIRST = (confidence.PANEL.label, fitting.PANEL.label)


def chooser() -> list[str]:
    """Which panels to show, by label; the address holds them: ``?panels=Confidence&panels=Map``."""
    labels = [panel.label for panel in PANELS]
    address.spell("panels", labels)
    return st.pills(
        "Panels",
        labels,
        default=list(FIRST),
        selection_mode="multi",
        key="panels",
        bind="query-params",
        label_visibility="collapsed",
    )


def board(view: View, labels: list[str]) -> None:
    """The chosen panels that have something to show, one under the other."""
    for panel in PANELS:
        if panel.label in labels and panel.applies(view):
            panel.show(view)
