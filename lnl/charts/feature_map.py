"""Feature maps: the probe's samples by what the network makes of them, one panel a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from lnl.charts import theme
from lnl.charts.grid import LINE, Axes, Panel, Sheet
from lnl.charts.map_points import CROSS, OPEN_DIAMOND, TEST, UNITS, Drawing
from lnl.charts.probe_points import MapOptions, ProbePoints, shown_categories
from lnl.findings import RunRecords

SVG_UP_TO = 1000  # points of a panel; more are drawn by WebGL, of which browsers have little
_STEP = 1.06  # axes grow in such steps, and only when a point would leave them
_CONFIDENCE = [[0.0, theme.CONFIDENCE[0]], [0.5, theme.CONFIDENCE[1]], [1.0, theme.CONFIDENCE[2]]]


def feature_maps(
    runs: list[RunRecords], points: list[ProbePoints | None], options: MapOptions
) -> go.Figure:
    """One panel a run, on axes that stay from epoch to epoch; None: no map.

    ``customdata`` of a point: its place in the probe (test images behind all samples), its
    prediction, its confidence in percent, -1 where they are unknown; ``layout.meta["probe"]``: the
    run and the data of each panel.
    """
    there = [found for found in points if found is not None]
    shown = shown_categories(there, options)
    tests = any(each.unseen is not None for each in there)
    lines = (4 if tests else 3) if options.colour == "confidence" else 0
    sheet = Sheet(runs, _axes(LINE * lines), _revision(runs, options))
    drawing = Drawing(options, shown, _edge(there), _type(there))
    for panel, found in zip(sheet.panels(), points, strict=True):
        if found is None:
            panel.note("no features kept of this epoch")
        else:
            drawing.draw(panel, found)
    crosses = any((each.groups == 1).any() for each in there)
    if crosses and options.colour not in ("mislabelled", "confidence"):
        _explain(sheet.panels()[0], "cross: mislabelled", CROSS)
    if tests and options.colour != "confidence":
        _explain(sheet.panels()[0], TEST, OPEN_DIAMOND)
    probes = {
        f"x{panel.suffix}": {"data": found.fingerprint, "run": panel.run.info.id}
        for panel, found in zip(sheet.panels(), points, strict=True)
        if found is not None
    }
    scale = _scale(options, crosses, tests)
    return _square(
        sheet.figure(meta={"probe": probes} | theme.columns("map x", "map y"), **scale), len(runs)
    )


def _revision(runs: list[RunRecords], options: MapOptions) -> str:
    return f"map:{options}:{','.join(run.info.id for run in runs)}"


def _type(points: list[ProbePoints]) -> str:
    largest = max((len(each.given) for each in points), default=0)
    return "scattergl" if largest > SVG_UP_TO else "scatter"


def _edge(points: list[ProbePoints]) -> float:
    """One for all panels, in steps, so that a map that grows a little leaves the axes alone."""
    reach = max((each.reach for each in points), default=1.0)
    return float(_STEP ** np.ceil(np.log(max(reach, 1e-3)) / np.log(_STEP)))


def _axes(scale: int) -> Axes:
    bare = {
        "range": [-1.04 * UNITS, 1.04 * UNITS],
        "showgrid": False,
        "tickvals": [],
        "mirror": True,
        "linecolor": theme.GRID,
    }
    # no titles stand under the plots
    rest: dict[str, Any] = {"height": 350, "same_y": False, "scale": scale, "more_below": -24}
    return Axes(x=bare, y=bare, x_title="", y_title="", **rest)


def _scale(options: MapOptions, crosses: bool, tests: bool) -> dict[str, Any]:
    if options.colour != "confidence":
        return {}
    title = "confidence in the given label" + (", cross: mislabelled" if crosses else "")
    title += f"<br>{TEST}, confidence in its class" if tests else ""
    bar = {
        "orientation": "h",
        "yref": "container",
        "y": 0,
        "yanchor": "bottom",
        "x": 0,
        "xanchor": "left",
        "len": 0.7,
        "thickness": 12,
        "outlinewidth": 0,
        "ticksuffix": " %",
        "nticks": 5,
        "tickfont": {"size": theme.FONT_SIZE},
        "title": {"text": title, "side": "top", "font": {"size": theme.FONT_SIZE}},
    }
    scale = {"cmin": 0, "cmax": 100, "colorscale": _CONFIDENCE, "colorbar": bar}
    return {"coloraxis": scale, "legend": theme.layout("")["legend"] | {"x": 1, "xanchor": "right"}}


def _explain(panel: Panel, name: str, symbol: int) -> None:
    """What a symbol means, in the legend, where colours say something else."""
    marker = {"symbol": symbol, "color": theme.INK, "size": 9}
    entry = {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "marker": marker}
    panel.trace(name, first=True, hoverinfo="skip", **entry)


def _square(figure: go.Figure, panels: int) -> go.Figure:
    for number in range(1, panels + 1):
        suffix = "" if number == 1 else str(number)
        figure.layout[f"yaxis{suffix}"].scaleanchor = f"x{suffix}"
        for letter in "xy":
            # else plotly widens the range, takes that for a new one, and forgets the zoom
            figure.layout[f"{letter}axis{suffix}"].constrain = "domain"
    return figure
