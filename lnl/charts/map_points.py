"""The points of a feature map: samples of the training set, and test images among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.grid import Panel
from lnl.charts.probe_points import (
    OTHERS,
    Ints,
    MapOptions,
    ProbePoints,
    UnseenPoints,
    categories,
    unseen_categories,
)
from lnl.records import FeatureMap

CUSTOM = 3  # numbers in the customdata of a point, its place in the probe first
UNITS = 10_000  # coordinates are sent as whole numbers, so many to the edge
CIRCLE, DIAMOND, CROSS, OPEN_DIAMOND = 0, 2, 4, 102  # plotly's numbers: thousands are sent
TEST = "diamond: test image"  # in the legend
_COMPACT = 0.35  # of the edge: a class whose points lie closer than that is named on the map
_SYMBOLS = (CIRCLE, CROSS, DIAMOND, CIRCLE)  # by group, as kept: 1 is mislabelled
_GROUPS = ("clean", "mislabelled", "open-set", "unknown")
_GREY: dict[str, Any] = {"color": theme.UNKNOWN, "opacity": 0.35}
_OUTLINED: dict[str, Any] = {"symbol": DIAMOND, "line": {"color": theme.INK, "width": 0.7}}
_OPEN: dict[str, Any] = {"symbol": OPEN_DIAMOND, "color": theme.MUTED, "opacity": 0.8}
_BEHIND = 0.65  # of their opacity samples keep behind test images
_KINDS = {"umap": "UMAP", "pca": "PCA"}

Mask = NDArray[np.bool_]


@dataclass
class Drawing:
    """What all panels of a figure share."""

    options: MapOptions
    shown: list[int]
    edge: float
    type: str

    def __post_init__(self) -> None:
        self._named: set[str] = set()

    def draw(self, panel: Panel, points: ProbePoints) -> None:
        """The points of one run, in as many traces as there are colours; test images on top."""
        panel.text(_told(points.found), x=0, y=1, yanchor="bottom", xanchor="left")
        if self.options.colour == "confidence":
            self._by_confidence(panel, points)
        else:
            self._by_category(panel, points)
        if points.unseen is not None:
            self._unseen(panel, points.unseen, len(points.given))

    def _by_category(self, panel: Panel, points: ProbePoints) -> None:
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
        percent = _percent(points.confidence, len(points.given))
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
        x, y = self._places(points.found.places)[rows].T
        percent = _percent(points.confidence, len(points.given))
        custom = _custom(np.arange(len(percent)), points.prediction, percent)
        if "coloraxis" in marker:
            marker = marker | {"color": marker["color"][rows]}
        if points.unseen is not None:
            marker = marker | {"opacity": _BEHIND * marker["opacity"]}
        panel.trace(
            name,
            first="coloraxis" not in marker and name not in self._named,
            type=self.type,
            mode="markers",
            x=np.ascontiguousarray(x),
            y=np.ascontiguousarray(y),
            customdata=custom[rows],
            marker={"size": 6, "symbol": symbol, **marker},
            hoverinfo="none",
        )
        self._named.add(name)

    def _unseen(self, panel: Panel, unseen: UnseenPoints, behind: int) -> None:
        """Test images: diamonds, in the samples' colours where these say something of them."""
        percent = _percent(unseen.confidence, len(unseen.true))
        custom = _custom(np.arange(len(percent)) + behind, unseen.prediction, percent)
        x, y = self._places(unseen.places).T
        for name, of, marker in self._unseen_looks(panel, unseen, percent):
            if of.any():
                panel.trace(
                    name,
                    first=False,
                    legendgroup=TEST,
                    type=self.type,
                    mode="markers",
                    x=x[of],
                    y=y[of],
                    customdata=custom[of],
                    marker={"size": 7, **marker},
                    hoverinfo="none",
                )

    def _unseen_looks(
        self, panel: Panel, unseen: UnseenPoints, percent: NDArray[np.int16]
    ) -> Iterator[tuple[str, Mask, dict[str, Any]]]:
        """Name, test images and marker of each trace."""
        everything = np.ones(len(percent), np.bool_)
        values = unseen_categories(unseen, self.options.colour)
        if self.options.colour == "confidence":
            scale = {"color": percent, "coloraxis": "coloraxis"}
            yield "test images", everything, _OUTLINED | scale
        elif values is None:
            yield "test images", everything, _OPEN
        else:
            grey = ~np.isin(values, self.shown)
            yield f"test images, {self._others()}", grey, _OUTLINED | _GREY
            for category in self.shown:
                name, colour = self._look(panel, category)
                yield f"test images, {name}", values == category, _OUTLINED | {"color": colour}

    def _places(self, places: NDArray[np.floating[Any]]) -> NDArray[np.int16]:
        whole = places.astype(np.float64) * (UNITS / self.edge)
        return np.clip(np.rint(whole), -UNITS, UNITS).astype(np.int16)

    def _direct_label(self, panel: Panel, points: ProbePoints, of: Mask, name: str) -> None:
        places = self._places(points.found.places)[of].astype(np.float64)
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


def _percent(confidence: NDArray[np.floating[Any]] | None, count: int) -> NDArray[np.int16]:
    if confidence is None:
        return np.full(count, -1, np.int16)
    percent = np.rint(100 * np.asarray(confidence, np.float64))
    return np.nan_to_num(percent, nan=-1).astype(np.int16)


def _custom(places: Ints, prediction: Ints | None, percent: Ints) -> NDArray[np.int16]:
    """Place in the probe, prediction, confidence in percent of each point [P, CUSTOM]."""
    known = np.full(len(places), -1) if prediction is None else prediction
    return np.stack([places, known, percent], 1).astype(np.int16)
