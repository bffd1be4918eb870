"""Label noise before training: the transition matrix, and what was drawn of each class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.records import MOST_CLASSES  # above it blocks of classes are drawn

CELL = 34  # pixels of a row of the matrix
MOST_NUMBERS = 20  # classes; above it the cells hold no number
FULL_FROM = 0.3  # of a class taken for another: weaker confusions look weak
NAME = 14  # letters of a class name on an axis

Matrix = NDArray[np.float64]


def transition_heatmap(matrix: Matrix, class_names: Sequence[str]) -> go.Figure:
    """[K, K], row = true class, column = given label; right labels blue, wrong ones vermilion.

    Numbers stand in the cells, in percent, where there are few enough classes for it.
    """
    count = len(class_names)
    right = np.eye(count, dtype=bool)
    highest = max(float(np.where(right, 0, matrix).max()), FULL_FROM)
    many = count > MOST_NUMBERS
    layout = theme.layout("transition") | {
        "height": 110 + (560 if many else CELL * count),
        "margin": {"l": 16, "r": 16, "t": 16, "b": 16},
        "xaxis": _classes(class_names, "given label", side="top", showgrid=False),
        "yaxis": _classes(class_names, "true class", autorange="reversed", showgrid=False),
        "annotations": [] if many else list(_numbers(matrix, highest)),
        "showlegend": False,
        "meta": theme.columns("given label", "true class", "share") | {"names": list(class_names)},
    }
    data = [
        _cells("right label", matrix, right, class_names, theme.CLEAN, 1.0),
        _cells("wrong label", matrix, ~right, class_names, theme.MISLABELLED, highest),
    ]
    return go.Figure({"data": data, "layout": layout})


def transition_blocks(matrix: Matrix, class_names: Sequence[str]) -> go.Figure:
    """Of a matrix [K, K] too large to be seen: wrong labels between blocks of classes in a row.

    A cell is the share of the block's images whose label is wrong and lies in the other block; its
    row is that of the true classes, which all count alike.
    """
    size = -(-len(class_names) // MOST_CLASSES)
    starts = np.arange(0, len(class_names), size)
    wrong = np.where(np.eye(len(class_names), dtype=bool), 0.0, matrix)
    sums = np.add.reduceat(np.add.reduceat(wrong, starts, axis=0), starts, axis=1)
    sizes = np.diff(starts, append=len(class_names))
    shares = sums / sizes[:, None]
    spans = [
        (int(start), int(start + length - 1)) for start, length in zip(starts, sizes, strict=True)
    ]
    short = [theme.plain(theme.shortened(name, NAME)) for name in class_names]
    ticks = [f"{first} to {last}" for first, last in spans]
    names = [f"{first} to {last}: {short[first]} to {short[last]}" for first, last in spans]
    axes = {"showgrid": False, "type": "category"}
    layout = theme.layout("transition blocks") | {
        "height": 670,
        "margin": {"l": 16, "r": 16, "t": 16, "b": 16},
        "xaxis": _classes(ticks, "given label, by class number", side="top", **axes),
        "yaxis": _classes(ticks, "true class, by class number", autorange="reversed", **axes),
        "showlegend": False,
        "meta": theme.columns("given label", "true class", "share"),
    }
    cells = {
        "type": "heatmap",
        "name": "wrong label",
        "x": names,
        "y": names,
        "z": shares.astype(np.float32),
        "zmin": 0,
        "zmax": max(float(shares.max()), 1e-6),
        "colorscale": [[0.0, theme.PAPER], [1.0, theme.MISLABELLED]],
        "showscale": False,
        "hovertemplate": "true class %{y}<br>wrongly labelled %{x}: %{z:.2%}<extra></extra>",
    }
    return go.Figure({"data": [cells], "layout": layout})


def largest_confusions(
    matrix: Matrix, class_names: Sequence[str], most: int = 50
) -> list[tuple[str, str, float]]:
    """The largest wrong entries of a matrix [K, K]: true class, given label, share.

    At most so many, the largest first; entries of 0 are left out.
    """
    wrong = np.where(np.eye(len(class_names), dtype=bool), 0.0, matrix)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    rows, columns = np.unravel_index(order, wrong.shape)
    return [
        (class_names[row], class_names[column], float(wrong[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if wrong[row, column] > 0
    ]


def _cells(
    name: str,
    matrix: Matrix,
    shown: NDArray[np.bool_],
    class_names: Sequence[str],
    colour: str,
    highest: float,
) -> dict[str, Any]:
    names = [theme.plain(name) for name in class_names]
    known = np.broadcast_to(np.array(names, dtype=object), matrix.shape)
    places = np.arange(len(names), dtype=np.int32)
    return {
        "type": "heatmap",
        "name": name,
        "x": places,
        "y": places,
        "z": np.where(shown, matrix, np.nan).astype(np.float32),
        "zmin": 0,
        "zmax": highest,
        "colorscale": [[0.0, theme.PAPER], [1.0, colour]],
        "xgap": 2 if len(names) <= MOST_NUMBERS else 0,
        "ygap": 2 if len(names) <= MOST_NUMBERS else 0,
        "showscale": False,
        "hoverongaps": False,
        "customdata": np.stack([known.T, known], axis=2).tolist(),
        "hovertemplate": "true class %{customdata[0]}<br>labelled %{customdata[1]}: "
        "%{z:.1%}<extra></extra>",
    }


def _numbers(matrix: Matrix, highest: float) -> Iterator[dict[str, Any]]:
    for (row, column), value in np.ndenumerate(matrix):
        if value < 0.005:
            continue
        strong = (value if row == column else value / highest) > 0.5
        colour = theme.PAPER if strong else theme.INK
        yield {
            "x": column,
            "y": row,
            "text": f"{100 * value:.0f}",
            "showarrow": False,
            "font": {"size": theme.FONT_SIZE, "color": colour},
        }


def class_bars(class_names: Sequence[str], drawn: Matrix, requested: Matrix | None) -> go.Figure:
    """Share of each class with a wrong label: what was asked for beside what was drawn, [K] each.

    ``requested`` None: the noise has no rate that could be asked for.
    """
    bars = [_bar("drawn", class_names, drawn, theme.MISLABELLED, "/")]
    highest = max(float(drawn.max()), 0.01)
    if requested is not None:
        bars.insert(0, _bar("asked for", class_names, requested, theme.MUTED, ""))
        highest = max(highest, float(requested.max()))
    return _bars(
        bars, class_names, "share with a wrong label", tickformat=".0%", range=[0, 1.08 * highest]
    )


def count_bars(
    class_names: Sequence[str], given: NDArray[np.int64], true: NDArray[np.int64] | None
) -> go.Figure:
    """Training images of each class [K] by their given label, and by the true one where known."""
    bars = [] if true is None else [_bar("true label", class_names, true, theme.CLEAN, "")]
    bars.append(_bar("given label", class_names, given, theme.MUTED, "/"))
    return _bars(bars, class_names, "training images", tickformat=",d", rangemode="tozero")


def _bar(
    name: str, class_names: Sequence[str], values: NDArray[Any], colour: str, hatch: str
) -> dict[str, Any]:
    share = values.dtype.kind == "f"
    pattern = {
        "shape": hatch,
        "fgcolor": colour,
        "bgcolor": "rgba(0,0,0,0)",
        "fillmode": "replace",
        "size": 7,
        "solidity": 0.4,
    }
    return {
        "type": "bar",
        "name": name,
        "x": np.arange(len(class_names), dtype=np.int32),
        "y": values.astype(np.float32 if share else np.int32),
        "customdata": [theme.plain(label) for label in class_names],
        "marker": {
            "color": colour,
            "line": {"color": colour, "width": 1.5},
            **({"pattern": pattern} if hatch else {}),
        },
        "hovertemplate": f"%{{customdata}}, {name}: {'%{y:.1%}' if share else '%{y:,}'}"
        "<extra></extra>",
    }


def _bars(
    bars: list[dict[str, Any]], class_names: Sequence[str], title: str, **axis: Any
) -> go.Figure:
    layout = theme.layout(title) | {
        "height": 330,
        "margin": {"l": 64, "r": 16, "t": 16, "b": 40},
        "barmode": "group",
        "bargap": 0.25,
        "xaxis": _classes(class_names, "", showgrid=False),
        "yaxis": theme.axis(title=theme.axis_title(title), nticks=6, **axis),
        "showlegend": True,
        "meta": theme.columns("class", title) | {"names": list(class_names)},
        "legend": {
            **theme.layout(title)["legend"],
            "yref": "paper",
            "y": 1.02,
            "yanchor": "bottom",
        },
    }
    return go.Figure({"data": bars, "layout": layout})


def _classes(class_names: Sequence[str], title: str, **more: Any) -> dict[str, Any]:
    """An axis with a place for each class; of many classes only some are named."""
    ticks = list(range(0, len(class_names), -(-len(class_names) // MOST_NUMBERS)))
    names = [theme.plain(theme.shortened(class_names[tick], NAME)) for tick in ticks]
    return theme.axis(tickvals=ticks, ticktext=names, title=theme.axis_title(title), **more)
