"""A schedule as a bar: its stages side by side, as long as their epochs."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from lnl.charts import theme
from lnl.findings import spelled
from lnl.records import StageSpan

_HATCHES = ("", "/", "x", "\\", ".")


def stage_bar(stages: Sequence[StageSpan]) -> go.Figure:
    """One bar over the epochs of a run; each stage has a colour and a hatch."""
    data = []
    for place, stage in enumerate(stages):
        style, name = theme.series_style(place), theme.plain(spelled(stage.name))
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": f"{name}: {stage.last - stage.first + 1}",
                "x": [stage.last - stage.first + 1],
                "y": [""],
                "base": [stage.first - 1],
                "width": 0.8,
                "marker": {
                    "color": style.colour,
                    "line": {"color": theme.PAPER, "width": 2},
                    "pattern": {
                        "shape": _HATCHES[place % len(_HATCHES)],
                        "fillmode": "overlay",
                        "fgcolor": theme.PAPER,
                        "size": 8,
                        "solidity": 0.2,
                    },
                },
                "hovertemplate": f"{name}: epochs {stage.first} to {stage.last}<extra></extra>",
            }
        )
    layout = theme.layout("stages") | {
        "height": 170,
        "barmode": "overlay",
        "margin": {"l": 16, "r": 16, "t": 8, "b": 92},
        "xaxis": theme.axis(
            range=[0, stages[-1].last], title=theme.axis_title("epochs"), nticks=8, showgrid=False
        ),
        "yaxis": theme.axis(showticklabels=False, showline=False, ticks="", showgrid=False),
        "showlegend": True,
        "meta": theme.columns("epochs"),
    }
    return go.Figure({"data": data, "layout": layout})
