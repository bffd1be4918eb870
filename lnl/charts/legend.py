"""The room that a legend needs under a figure, and the widths at which it needs more lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

WIDTHS = (1240, 920, 620, 460, 340, 0)  # pixels of a figure, each the least of a choice
_NARROWEST = 250
_SIDES = 80  # of a figure, left and right of its plots
_LETTER, _SYMBOL, _LINE, _EDGE = 8, 52, 26, 10  # pixels; of a letter: wide fonts need no more


def entries(items: Iterable[dict[str, Any]]) -> list[str]:
    """The names of those traces and shapes that stand in the legend."""
    return [item["name"] for item in items if item.get("showlegend")]


def height(names: Iterable[str], width: int) -> int:
    """Pixels that entries of these names take in a figure of at least this width."""
    room = max(width, _NARROWEST) - _SIDES
    lines = left = 0
    for name in names:
        needed = _SYMBOL + _LETTER * len(name)
        if needed > left:
            lines, left = lines + 1, room
        left -= needed
    return _EDGE + _LINE * lines if lines else 16


def below(pixels: int, total: int) -> dict[str, Any]:
    """Layout of a figure of ``total`` pixels with these below its plots; the legend begins there.

    Its upper edge is what is fixed: a line less leaves room under it, and not above it.
    """
    return {
        "height": total + pixels,
        "margin": {"t": 0, "b": pixels},
        "legend": {"y": pixels / (total + pixels), "yanchor": "top"},
    }
