"""Heat maps of classes against classes, on one scale of colours: a share, its square root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.grid import Axes, Panel

SCALE = [[0.0, theme.SHADE], [1.0, "#332288"]]
PRINTED = 10  # classes up to which each cell carries a number
NAMED = 25  # classes up to which every class is named on the axes
_FULL = 200  # the colour of a whole row: colours are sent as one byte
_TICKS = (0.0, 0.01, 0.05, 0.2, 0.5, 1.0)  # shares on the colour bar
ROW, LEAST = 17, 220  # pixels: of a row that carries numbers; of a plot without, to be read
_LETTERS = 11  # of a class name on an axis
NO_CLASS = "no class"


def class_labels(names: Sequence[str]) -> list[str]:
    """Names of classes, each once, and a last one for samples of no class: that of label -1."""
    again = [names[:place].count(name) for place, name in enumerate(names)]
    each = zip(names, again, strict=True)
    return [name + (f" ({count + 1})" if count else "") for name, count in each] + [NO_CLASS]


def class_axes(names: Sequence[str], rows: int, x_title: str, y_title: str) -> Axes:
    """``names`` across, the first so many of them down."""
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
        x_title=x_title,
        y_title=y_title,
        height=380 if len(names) > 2 else 200,
        least=max(ROW * rows, 120) if rows <= PRINTED else LEAST,
        width=470,
        more_below=9 * longest if upright else 0,
    )


def margin(axes: Axes) -> dict[str, int]:
    """Room for the names of the rows."""
    letters = max(map(len, axes.y["ticktext"]), default=1)
    return {"l": max(64, 40 + 8 * letters), "r": 16, "pad": 2}


def cells(
    panel: Panel, shares: NDArray[np.float64], names: Sequence[str], **more: Any
) -> dict[str, Any]:
    """A heat map of shares [rows, columns], the first with the scale; ``more`` says what it is.

    The root lets a small share be seen beside large ones.
    """
    small = shares.shape[0] <= PRINTED
    first = not panel.sheet.data
    return {
        "type": "heatmap",
        "xaxis": f"x{panel.suffix}",
        "yaxis": f"y{panel.suffix}",
        "x": list(names),
        "y": list(names[: len(shares)]),
        "z": (np.sqrt(shares) * _FULL).round().astype(np.uint8),
        "texttemplate": "%{text}" if small else "",
        "textfont": {"size": theme.FONT_SIZE},
        "zmin": 0,
        "zmax": _FULL,
        "colorscale": SCALE,
        "showscale": first,
        "colorbar": _bar(),
        "xgap": 1 if small else 0,
        "ygap": 1 if small else 0,
        **more,
    }


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
