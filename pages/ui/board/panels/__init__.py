"""The panels of the live board, in the order of their switches. One file each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.board.panels import (
    confidence,
    confusion,
    detection,
    feature_map,
    fitting,
    losses,
    restoration,
    samples,
    transition,
)
from pages.ui.board.panels.panel import Panel
from pages.ui.board.view import View
from pages.ui.components import reveal
from pages.ui.shell import address, controls

PANELS: tuple[Panel, ...] = (
    confidence.PANEL,
    fitting.PANEL,
    detection.PANEL,
    confusion.PANEL,
    feature_map.PANEL,
    samples.PANEL,
    restoration.PANEL,
    losses.PANEL,
    transition.PANEL,
)
# In a narrow head signs stand for words.
STYLE = """
<style>
  [class*="st-key-panel_"] { container-type: inline-size; }
  [class*="st-key-arrange_wide_"] button * { gap: 0; margin: 0; }
  [class*="st-key-arrange_wide_"] button p {
    position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%);
  }
  @container (max-width: 34rem) {
    [class*="st-key-panel_"] [data-testid="stPopover"] button p {
      position: absolute; clip-path: inset(50%);
    }
    [class*="st-key-panel_"] h3 { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  }
  @media (max-width: 68rem) {  /* a line, to be pushed sideways */
    .st-key-panels [data-testid="stButtonGroup"] > * { flex-wrap: nowrap; overflow-x: auto; }
    .st-key-panels [data-testid="stButtonGroup"] button { flex-shrink: 0; }
  }
  @media (max-width: 40rem) {
    [class*="st-key-panel_"] > :first-child button { min-height: 1.75rem; padding-block: 0; }
  }
</style>
"""
LABELS = tuple(panel.label for panel in PANELS)


def chooser() -> tuple[str, ...]:
    """Which panels to show, by label; the address holds them: ``?panels=Confidence,Map``."""
    titles = dict(zip(LABELS, LABELS, strict=True))
    with st.container(key="panel_switches"):
        return controls.pills(
            "Panels", titles, "panels", as_chosen=True, label_visibility="collapsed"
        )


def board(view: View, labels: tuple[str, ...], instead: Sequence[Panel] = ()) -> None:
    """The chosen panels in their order, two in a row where there is room.

    ``instead`` are shown in place of those of the same labels.
    """
    st.html(STYLE)
    known = {panel.label: panel for panel in (*PANELS, *instead)}
    chosen = [known[label] for label in labels if label in known]
    for place, row in enumerate(_rows(chosen, address.now().wide)):
        with st.container(key="first_screen" if place == 0 else f"row_{place}"):
            grid = st.grid(len(row), min_column_width=250 if place == 0 else 400)
            for panel in row:
                with grid, st.container():
                    panel.show(view, partial(_arrange, panel.label, labels))
    _show_new(labels)


def _rows(panels: list[Panel], wide: tuple[str, ...]) -> list[list[Panel]]:
    rows: list[list[Panel]] = []
    alone = [panel.whole_row or panel.label in wide for panel in panels]
    room = False  # beside the last one
    for panel, whole in zip(panels, alone, strict=True):
        if room and not whole:
            rows[-1].append(panel)
            room = False
        else:
            rows.append([panel])
            room = not whole
    return rows


def _arrange(
    label: str, labels: tuple[str, ...], options: DeltaGenerator, aside: DeltaGenerator
) -> None:
    """Full width or half, with one click; the order, behind the options."""
    place, wide = labels.index(label), label in address.now().wide
    aside.button(
        "Half width" if wide else "Full width",
        key=f"arrange_wide_{label}",
        icon=":material/close_fullscreen:" if wide else ":material/open_in_full:",
        type="tertiary",
        help="Half the width of the page" if wide else "The whole width of the page",
        on_click=_widen,
        args=(label, not wide),
    )
    with options, st.container(horizontal=True):
        for words, icon, other in (
            ("Move earlier", "arrow_back", place - 1),
            ("Move later", "arrow_forward", place + 1),
        ):
            st.button(
                words,
                key=f"arrange_{icon}_{label}",
                icon=f":material/{icon}:",
                disabled=not 0 <= other < len(labels),
                on_click=_move,
                args=(labels, place, other),
            )


def _widen(label: str, wide: bool) -> None:
    others = tuple(each for each in address.now().wide if each != label)
    address.change(wide=(*others, label) if wide else others)


def _move(labels: tuple[str, ...], place: int, other: int) -> None:
    moved = list(labels)
    moved[place], moved[other] = moved[other], moved[place]
    address.change(panels=tuple(moved))


def _show_new(labels: tuple[str, ...]) -> None:
    """A panel that was just chosen comes into sight."""
    before = st.session_state.get("_panels_shown", labels)
    st.session_state["_panels_shown"] = labels
    new = [label for label in labels if label not in before]
    reveal.reveal(f".st-key-panel_{new[-1]}" if new else "")
