"""Feature maps: the probe's samples by what the network makes of them, one panel a run."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.grid import Axes, Panel, RunRecords, Sheet
from lnl.charts.probe_points import OTHERS, MapOptions, ProbePoints, categories, shown_categories
from lnl.records import FeatureMap

SVG_UP_TO = 1000  # points of a panel; more are drawn by WebGL, of which browsers have little
UNITS = 10_000  # coordinates are sent as whole numbers, so many to the edge
_STEP = 1.06  # axes grow in such steps, and only when a point would leave them
_COMPACT = 0.35  # of the edge: a class whose points lie closer than that is named on the map
_CONFIDENCE = [[0.0, theme.CONFIDENCE[0]], [0.5, theme.CONFIDENCE[1]], [1.0, theme.CONFIDENCE[2]]]
CIRCLE, DIAMOND, CROSS = 0, 2, 4  # plotly's numbers: thousands are sent
_SYMBOLS = (CIRCLE, CROSS, DIAMOND, CIRCLE)  # by group, as kept: 1 is mislabelled
_GROUPS = ("clean", "mislabelled", "open-set", "unknown")
_NARROW = 340  # pixels of the narrowest legend
_GREY: dict[str, Any] = {"color": theme.UNKNOWN, "opacity": 0.35}
_KINDS = {"umap": "UMAP", "pca": "PCA"}

Mask = NDArray[np.bool_]


def feature_maps(
    runs: list[RunRecords], points: list[ProbePoints | None], options: MapOptions
) -> go.Figure:
    """One panel a run, on axes that stay from epoch to epoch; None: no map.

    ``customdata`` of a point: its place in the probe, its prediction, its confidence in percent,
    -1 where they are unknown; ``layout.meta["probe"]``: the run and the data of each panel.
    """
    there = [found for found in points if found is not None]
    shown = shown_categories(there, options)
    sheet = Sheet(runs, _axes(_legend_lines(runs, options, shown)), _revision(runs, options))
    drawing = _Drawing(options, shown, _edge(there), _type(there))
    for panel, found in zip(sheet.panels(), points, strict=True):
        if found is None:
            panel.note("no features kept of this epoch")
        else:
            drawing.draw(panel, found)
    crosses = any((each.groups == 1).any() for each in there)
    if crosses and options.colour not in ("mislabelled", "confidence"):
        _explain_crosses(sheet.panels()[0])
    probes = {
        f"x{panel.suffix}": {"data": found.fingerprint, "run": panel.run.info.id}
        for panel, found in zip(sheet.panels(), points, strict=True)
        if found is not None
    }
    return _square(sheet.figure(meta={"probe": probes}, **_scale(options, crosses)), len(runs))


def _revision(runs: list[RunRecords], options: MapOptions) -> str:
    return f"map:{options}:{','.join(run.info.id for run in runs)}"


def _type(points: list[ProbePoints]) -> str:
    largest = max((len(each.given) for each in points), default=0)
    return "scattergl" if largest > SVG_UP_TO else "scatter"


def _edge(points: list[ProbePoints]) -> float:
    """One for all panels, in steps, so that a map that grows a little leaves the axes alone."""
    reach = max((each.reach for each in points), default=1.0)
    return float(_STEP ** np.ceil(np.log(max(reach, 1e-3)) / np.log(_STEP)))


def _legend_lines(runs: list[RunRecords], options: MapOptions, shown: list[int]) -> int:
    """Of a narrow figure, where many short names stand on a line."""
    if options.colour == "confidence":
        return 3
    names = runs[0].info.data.class_names
    letters = [len(names[number]) if number < len(names) else 12 for number in shown]
    return ceil(sum(60 + 9 * count for count in [*letters, 18]) / _NARROW)


def _axes(lines: int) -> Axes:
    bare = {
        "range": [-1.04 * UNITS, 1.04 * UNITS],
        "showgrid": False,
        "tickvals": [],
        "mirror": True,
        "linecolor": theme.GRID,
    }
    # no titles stand under the plots
    rest: dict[str, Any] = {"height": 350, "same_y": False, "entries": lines, "more_below": -34}
    return Axes(x=bare, y=bare, x_title="", y_title="", **rest)


def _scale(options: MapOptions, crosses: bool) -> dict[str, Any]:
    if options.colour != "confidence":
        return {}
    title = "confidence in the given label" + (", cross: mislabelled" if crosses else "")
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


def _explain_crosses(panel: Panel) -> None:
    """What a cross means, in the legend, where colours say something else."""
    marker = {"symbol": CROSS, "color": theme.INK, "size": 9}
    entry = {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "marker": marker}
    panel.trace("cross: mislabelled", first=True, hoverinfo="skip", **entry)


def _square(figure: go.Figure, panels: int) -> go.Figure:
    for number in range(1, panels + 1):
        suffix = "" if number == 1 else str(number)
        figure.layout[f"yaxis{suffix}"].scaleanchor = f"x{suffix}"
    return figure


@dataclass
class _Drawing:
    """What all panels of a figure share."""

    options: MapOptions
    shown: list[int]
    edge: float
    type: str

    def __post_init__(self) -> None:
        self._named: set[str] = set()

    def draw(self, panel: Panel, points: ProbePoints) -> None:
        """The points of one run, in as many traces as there are colours."""
        panel.text(_told(points.found), x=0, y=1, yanchor="bottom", xanchor="left")
        if self.options.colour == "confidence":
            self._by_confidence(panel, points)
            return
        values = categories(points, self.options.colour)
        if values is None:
            values = np.full(len(points.given), OTHERS)
        grey = ~np.isin(values, self.shown)
        if grey.any():
            self._trace(panel, points, grey, self._others(), **_GREY)
        for category in self.shown:
            of_it = values == category
            if of_it.any():
                name, colour = self._look(panel, category)
                self._trace(panel, points, of_it, name, color=colour, opacity=0.8)
                self._direct_label(panel, points, of_it, name)

    def _others(self) -> str:
        return {"cluster": "other clusters"}.get(self.options.colour, "other classes")

    def _look(self, panel: Panel, category: int) -> tuple[str, str]:
        if self.options.colour == "mislabelled":
            style = theme.GROUPS[_GROUPS[category]]
            return style.title, style.colour
        colour = theme.CATEGORIES[self.shown.index(category) % len(theme.CATEGORIES)]
        if self.options.colour == "cluster":
            return f"cluster {category}", colour
        name = panel.run.info.data.class_names[category]
        return theme.plain(theme.shortened(name, 24)), colour

    def _by_confidence(self, panel: Panel, points: ProbePoints) -> None:
        percent = _percent(points)
        known = percent >= 0
        if not known.all():
            self._trace(panel, points, ~known, "confidence not kept", **_GREY)
        if known.any():
            scale = {"color": percent, "coloraxis": "coloraxis", "opacity": 0.85}
            self._trace(panel, points, known, "confidence", **scale)

    def _trace(self, panel: Panel, points: ProbePoints, of: Mask, name: str, **marker: Any) -> None:
        (rows,) = np.nonzero(of)
        rows = rows[np.argsort(points.groups[rows] == 1, kind="stable")]  # crosses on top
        groups = points.groups[rows]
        same = (groups == groups[0]).all()
        symbol = _SYMBOLS[groups[0]] if same else [_SYMBOLS[group] for group in groups]
        x, y = self._places(points)[rows].T
        if "coloraxis" in marker:
            marker = marker | {"color": marker["color"][rows]}
        panel.trace(
            name,
            first="coloraxis" not in marker and name not in self._named,
            type=self.type,
            mode="markers",
            x=np.ascontiguousarray(x),
            y=np.ascontiguousarray(y),
            customdata=_custom(points)[rows],
            marker={"size": 6, "symbol": symbol, **marker},
            hoverinfo="none",
        )
        self._named.add(name)

    def _places(self, points: ProbePoints) -> NDArray[np.int16]:
        whole = points.found.places.astype(np.float64) * (UNITS / self.edge)
        return np.clip(np.rint(whole), -UNITS, UNITS).astype(np.int16)

    def _direct_label(self, panel: Panel, points: ProbePoints, of: Mask, name: str) -> None:
        places = self._places(points)[of].astype(np.float64)
        middle = np.median(places, axis=0)
        spread = np.median(np.abs(places - middle), axis=0).max()
        if self.options.colour == "mislabelled" or spread > _COMPACT * UNITS / 2:
            return
        font = {"size": theme.FONT_SIZE, "color": theme.INK}
        where = {"x": float(middle[0]), "y": float(middle[1]), "xref": "data", "yref": "data"}
        box = {"bgcolor": theme.PAPER, "opacity": 0.85, "borderpad": 1}
        panel.text(f"<b>{name}</b>", font=font, **where, **box)


def _told(found: FeatureMap) -> str:
    kept = "" if found.kept is None else f", {100 * found.kept:.0f} % of neighbours kept"
    return f"{_KINDS[found.kind]}{kept}"


def _percent(points: ProbePoints) -> NDArray[np.int16]:
    if points.confidence is None:
        return np.full(len(points.given), -1, np.int16)
    percent = np.rint(100 * np.asarray(points.confidence, np.float64))
    return np.nan_to_num(percent, nan=-1).astype(np.int16)


def _custom(points: ProbePoints) -> NDArray[np.int16]:
    """Of each sample: its place in the probe, the prediction, the confidence in percent [P, 3]."""
    count = len(points.given)
    prediction = np.full(count, -1) if points.prediction is None else points.prediction
    return np.stack([np.arange(count), prediction, _percent(points)], 1).astype(np.int16)
