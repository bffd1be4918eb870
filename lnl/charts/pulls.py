"""Losses over a probability: what one sample costs, and how hard its given label is pulled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.grid import Axes, arrangements, below, widest

THIN, STEP, MOST = 2.5, 1.5, 5.5  # widths: of curves that coincide the lower shows around the upper
_SHARES = {"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1]}


class Pulling(Protocol):
    """A loss: its value and its pull, arrays [P] over ``x`` in (0, 1)."""

    @property
    def name(self) -> str:
        """Of the method that brings it: sets colour and dash."""

    @property
    def title(self) -> str:
        """In the legend."""

    @property
    def x(self) -> NDArray[np.float32]:
        """A probability."""

    @property
    def loss(self) -> NDArray[np.float32]:
        """Its value."""

    @property
    def pull(self) -> NDArray[np.float32]:
        """Above 0 the given label is raised, below 0 pushed down."""


def pulls(
    curves: Sequence[Pulling], x_title: str, cuts: Mapping[str, float], relative: bool = False
) -> go.Figure:
    """Losses beside their pulls; ``cuts`` are places on the axis with their names.

    ``relative``: each pull as a share of its own largest, to compare shapes.
    """
    titles = (
        "Loss of the sample",
        "Pull, of its largest" if relative else "Pull on the given label",
    )
    axes = Axes(x=_SHARES, y={}, x_title=x_title, y_title="", same_y=False)
    arrange = arrangements(2, axes, [curve.title for curve in curves])
    layout = theme.layout("pulls") | {
        "meta": theme.columns(x_title, "value"),
        "annotations": [_title(place, title) for place, title in enumerate(titles)]
        + [_named(place, name, x) for place in range(2) for name, x in cuts.items()],
        "shapes": [_cut(place, name, x) for place in range(2) for name, x in cuts.items()],
        "hovermode": "closest",
    }
    for place, suffix in enumerate(("", "2")):
        layout[f"xaxis{suffix}"] = below(axes, suffix)
        layout[f"yaxis{suffix}"] = theme.axis(
            anchor=f"x{suffix}", nticks=6, zeroline=place == 1, zerolinecolor=theme.MUTED
        )
    widths = [min(MOST, THIN + STEP * below) for below in reversed(range(len(curves)))]
    names = [curve.name for curve in curves]
    lines = [
        _line(width, theme.method_style(curve.name, names))
        for curve, width in zip(curves, widths, strict=True)
    ]
    data = [_loss(*each) for each in zip(curves, lines, strict=True)]
    data += [_pull(*each, relative) for each in zip(curves, lines, strict=True)]
    return go.Figure({"data": data, "layout": widest(layout, arrange)})


def _loss(curve: Pulling, line: dict[str, Any]) -> dict[str, Any]:
    return _trace(curve, "loss", line) | {"xaxis": "x", "yaxis": "y", "y": curve.loss}


def _pull(curve: Pulling, line: dict[str, Any], relative: bool) -> dict[str, Any]:
    largest = float(np.abs(curve.pull).max()) if relative else 1.0
    here = {"xaxis": "x2", "yaxis": "y2", "y": curve.pull / (largest or 1.0)}
    return _trace(curve, "pull", line) | here


def _line(width: float, style: theme.MethodStyle) -> dict[str, Any]:
    return {"color": style.colour, "dash": style.dash, "width": width}


def _trace(curve: Pulling, what: str, line: dict[str, Any]) -> dict[str, Any]:
    told = f"<b>{curve.title}</b><br>p = %{{x:.2f}}: {what} %{{y:.3f}}<extra></extra>"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": curve.title,
        "legendgroup": curve.name,
        "showlegend": what == "loss",
        "uid": f"{curve.name}-{what}",
        "meta": {"run": curve.title, "series": what},
        "x": curve.x,
        "line": line,
        "hovertemplate": told,
    }


def _title(place: int, title: str) -> dict[str, Any]:
    return {
        **_refs(place),
        "text": f"<b>{title}</b>",
        "font": {"size": theme.FONT_SIZE + 2, "color": theme.INK},
        "x": 0,
        "xref": f"x{'2' if place else ''} domain",
        "xanchor": "left",
        "yshift": 24,
    }


def _named(place: int, name: str, x: float) -> dict[str, Any]:
    font = {"size": theme.FONT_SIZE, "color": theme.MUTED}
    return {**_refs(place), "text": name, "font": font, "x": x, "xanchor": "center"}


def _refs(place: int) -> dict[str, Any]:
    suffix = "2" if place else ""
    return {
        "xref": f"x{suffix}",
        "yref": f"y{suffix} domain",
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
    }


def _cut(place: int, name: str, x: float) -> dict[str, Any]:
    suffix = "2" if place else ""
    line = {"color": theme.INK, "width": 1.5, "dash": "dash"}
    refs = {"xref": f"x{suffix}", "yref": f"y{suffix} domain"}
    return {"type": "line", "name": name, "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line, **refs}
