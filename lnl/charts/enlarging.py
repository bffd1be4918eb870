"""A figure for a lecture hall: larger letters, thicker lines, taller plots, names at the lines."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from lnl.charts.direct_labels import labelled

SCALE = 1.4  # of letters, heights, margins and markers: points that lie beside stay beside
LINES = 1.6  # of lines
_LETTERS = ("font", "tickfont", "textfont")
_PIXELS = ("height", "t", "b", "l", "yshift")


def enlarged(figure: go.Figure) -> go.Figure:
    """A copy with everything measured in pixels enlarged, and direct labels for its legend."""
    plain = {
        "data": [trace.to_plotly_json() for trace in figure.data],  # arrays, not their bytes
        "layout": figure.layout.to_plotly_json(),
    }
    return go.Figure(_larger(labelled(plain), "", ""), _validate=False)


def _larger(value: Any, name: str, within: str) -> Any:
    if isinstance(value, dict) and "layout" in value and "width" in value:
        # an arrangement of plots: they need more room before they stand side by side
        rows: dict[str, Any] = value.get("rows", {})
        taller = {name: rows[name] * SCALE for name in ("above", "below", "least") if name in rows}
        layout = _larger(value["layout"], "layout", "")
        return {"width": value["width"] * SCALE, "layout": layout, "rows": {**rows, **taller}}
    if isinstance(value, dict):
        return {key: _larger(part, key, name) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_larger(part, "", within) for part in value]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    if name == "size" and within in _LETTERS:
        return round(value * SCALE)
    if name == "width" and within == "line":
        return value * LINES
    pixels = name in _PIXELS or (name == "size" and within == "marker")
    return value * SCALE if pixels else value
