"""The panels of the live board, in the order in which they are shown. One file each."""

from __future__ import annotations

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
    """The chosen panels that have something to show, one under the other."""
    for panel in PANELS:
        if panel.label in labels and panel.applies(view):
            panel.show(view)
