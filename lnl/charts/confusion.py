"""Given labels against true ones, beside what each method takes the samples for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.grid import Axes, Panel, Sheet
from lnl.findings import RunRecords

SCALE = [[0.0, theme.SHADE], [1.0, "#332288"]]
PRINTED = 10  # classes up to which each cell carries its count
NAMED = 25  # classes up to which every class is named on the axes
_FULL = 200  # the colour of a whole row: colours are sent as one byte
_TICKS = (0.0, 0.01, 0.05, 0.2, 0.5, 1.0)  # shares on the colour bar
_LETTERS = 11  # of a class name on an axis
NO_CLASS = "no class"


@dataclass(frozen=True)
class LabelTable:
    """How many samples of each given label (row) fall under each other label (column)."""

    run: RunRecords
    other: str  # what the columns are: "true", "predicted", "inferred"
    counts: NDArray[np.int64]  # [K, K], or [K, K + 1] with a last column of samples of no class
    epoch: int  # of the samples counted

    @property
    def title(self) -> str:
        """Of its panel; the true labels are those of all runs on the same data."""
        if self.other == "true":
            return "given against true label"
        return f"{self.run.info.name}: {self.other}"


def counted(given: NDArray[np.int64], other: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Counts of given [N] against other labels [N]; -1 goes into a last column, if it occurs."""
    columns = classes + int((other < 0).any())
    places = given * columns + np.where(other < 0, classes, other)
    return np.bincount(places, minlength=classes * columns).reshape(classes, columns)


def confusion(tables: Sequence[LabelTable], class_names: Sequence[str]) -> go.Figure:
    """A heat map a table, all on one scale: the share of each row, its square root as colour.

    The root lets a few samples be seen beside many. Up to ten classes each cell prints its count.
    ``layout.meta["cells"]`` says what the cells of each panel are: a click on one can be answered.
    Raises BadInput for no table, or more than a figure can hold.
    """
    width = max((table.counts.shape[1] for table in tables), default=0)
    names = [theme.plain(name) for name in class_labels(class_names)[:width]]
    ids = ",".join(f"{table.run.info.id} {table.title}" for table in tables)
    sheet = Sheet(
        [table.run for table in tables],
        _axes(names, len(class_names)),
        f"confusion:{ids}",
        titles=tuple(table.title for table in tables),
    )
    for place, (panel, table) in enumerate(zip(sheet.panels(), tables, strict=True)):
        _cells(panel, table, names, place == 0)
    letters = max(map(len, sheet.axes.y["ticktext"]), default=1)
    cells = {
        f"x{panel.suffix}": {"run": table.run.info.id, "epoch": table.epoch, "other": table.other}
        for panel, table in zip(sheet.panels(), tables, strict=True)
    }
    margin = {"l": max(64, 40 + 8 * letters), "r": 16, "pad": 2}
    columns = theme.columns(sheet.axes.x_title, sheet.axes.y_title, "samples")
    return sheet.figure(margin=margin, meta={"cells": cells} | columns)


def class_labels(names: Sequence[str]) -> list[str]:
    """Names of classes, each once, and a last one for samples of no class: that of label -1."""
    again = [names[:place].count(name) for place, name in enumerate(names)]
    each = zip(names, again, strict=True)
    return [name + (f" ({count + 1})" if count else "") for name, count in each] + [NO_CLASS]


def _axes(names: list[str], rows: int) -> Axes:
    step = 1 if len(names) <= NAMED else -(-len(names) // 10)
    places = list(range(0, len(names), step))
    shown = [theme.shortened(names[place], _LETTERS) for place in places]
    longest = max(map(len, shown), default=1)
    upright = longest > 2
    return Axes(
        x={
            "type": "category",
            "range": [-0.5, len(names) - 0.5],
            "tickvals": places,
            "ticktext": shown,
            "tickangle": -90 if upright else 0,
            "showgrid": False,
        },
        y={
            "type": "category",
            "range": [rows - 0.5, -0.5],
            "tickvals": [place for place in places if place < rows],
            "ticktext": [text for place, text in zip(places, shown, strict=True) if place < rows],
            "showgrid": False,
        },
        x_title="true or predicted label",
        y_title="given label",
        height=380 if len(names) > 2 else 200,
        width=470,
        more_below=9 * longest if upright else 0,
    )


def _cells(panel: Panel, table: LabelTable, names: list[str], first: bool) -> None:
    counts = table.counts
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    small = counts.shape[0] <= PRINTED
    panel.sheet.data.append(
        {
            "type": "heatmap",
            "name": f"given against {table.other}",
            "uid": f"{table.run.info.id}-{table.title}",
            "meta": table.run.info.name,
            "xaxis": f"x{panel.suffix}",
            "yaxis": f"y{panel.suffix}",
            "x": names,
            "y": names[: len(counts)],
            "z": (np.sqrt(share) * _FULL).round().astype(np.uint8),
            "customdata": counts.astype(np.uint16 if counts.max(initial=0) < 2**16 else np.int32),
            "text": [list(map(_short, row)) for row in counts.tolist()] if small else None,
            "texttemplate": "%{text}" if small else "",
            "textfont": {"size": theme.FONT_SIZE},
            "zmin": 0,
            "zmax": _FULL,
            "colorscale": SCALE,
            "showscale": first,
            "colorbar": _bar(),
            "xgap": 1 if small else 0,
            "ygap": 1 if small else 0,
            "hovertemplate": f"given %{{y}}, {table.other} %{{x}}<br>%{{customdata:,d}} samples"
            "<extra></extra>",
        }
    )


def _short(count: int) -> str:
    """At most four letters, to fit a cell: "512", "3.2k", "45k"."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 9950 else f"{count / 1000:.0f}k"


def _bar() -> dict[str, Any]:
    return {
        "title": {"text": "share of the row", "side": "right", "font": {"size": theme.FONT_SIZE}},
        "tickvals": [_FULL * share**0.5 for share in _TICKS],
        "ticktext": [f"{share:.0%}" for share in _TICKS],
        "tickfont": {"size": theme.FONT_SIZE},
        "thickness": 14,
        "len": 400,
        "ypad": 60,  # below the title of the panel
        "lenmode": "pixels",
        "y": 1,
        "yanchor": "top",
        "outlinewidth": 0,
    }
