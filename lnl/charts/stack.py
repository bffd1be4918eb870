"""Plots of one run, one under the other over the same epochs; stages shaded through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from lnl.charts import legend, theme
from lnl.charts.grid import widest
from lnl.findings import spelled
from lnl.records import RunInfo

_GAP, _TOP, _BOTTOM = 46, 58, 48  # pixels


@dataclass(frozen=True)
class Row:
    """A plot of the stack."""

    title: str
    height: int  # pixels
    axis: dict[str, Any]


def stacked(
    run: RunInfo, rows: list[Row], data: list[dict[str, Any]], epoch: int | None = None
) -> go.Figure:
    """Traces by their ``yaxis``: "y", "y2", ... from the top; ``epoch`` marks the one looked at."""
    for trace in data:
        trace |= {"meta": run.name, "xaxis": "x"}
    return go.Figure({"data": data, "layout": _layout(run, rows, data, epoch)})


def _layout(
    run: RunInfo, rows: list[Row], data: list[dict[str, Any]], epoch: int | None
) -> dict[str, Any]:
    total = sum(row.height for row in rows) + _GAP * (len(rows) - 1) + _TOP + _BOTTOM
    last = max(run.epochs, run.last_epoch, 1)
    whole = theme.layout(f"stack:{run.id}:{len(rows)}") | {
        "bargap": 0,
        "barmode": "overlay",
        "xaxis": theme.axis(
            **theme.epochs_range(last),
            title=theme.axis_title("epoch"),
            anchor="free",
            automargin=False,
            position=_BOTTOM / total,
        ),
        "shapes": _shades(run) + _looked_at(epoch),
        "annotations": _stage_names(run),
    }
    top = _TOP
    for number, row in enumerate(rows, 1):
        suffix = "" if number == 1 else str(number)
        domain = [1 - (top + row.height) / total, 1 - top / total]
        whole[f"yaxis{suffix}"] = theme.axis(domain=domain, anchor="x", **row.axis)
        whole["annotations"].append(_title(row.title, domain[1]))
        top += row.height + _GAP
    return widest(whole | {"meta": theme.columns("epoch", "value")}, _arranged(total, data))


def _arranged(total: int, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = legend.entries({"showlegend": True} | trace for trace in data)
    return [
        {"width": width, "layout": legend.below(legend.height(names, width), total)}
        for width in legend.WIDTHS
    ]


def _title(text: str, y: float) -> dict[str, Any]:
    return _note(text, 0, y) | {"xref": "paper", "xanchor": "left", "yshift": 2}


def _note(text: str, x: float, y: float) -> dict[str, Any]:
    return {
        "text": text,
        "x": x,
        "y": y,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": theme.FONT_SIZE, "color": theme.INK},
    }


def _stage_names(run: RunInfo) -> list[dict[str, Any]]:
    if len(run.stages) < 2:
        return []
    return [
        _note(theme.plain(spelled(s.name)), (s.first + s.last) / 2, 1)
        | {"yanchor": "top", "font": {"size": theme.FONT_SIZE, "color": theme.MUTED}}
        for s in run.stages
    ]


def _shades(run: RunInfo) -> list[dict[str, Any]]:
    return [
        {
            "name": f"stage {stage.name}",
            "type": "rect",
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": theme.SHADE,
            "x0": stage.first - 0.5,
            "x1": stage.last + 0.5,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
        }
        for stage in (run.stages[::2] if len(run.stages) > 1 else ())
    ]


def _looked_at(epoch: int | None) -> list[dict[str, Any]]:
    if epoch is None:
        return []
    line = {"color": theme.MUTED, "width": 1.5, "dash": "solid"}
    place = {"x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "yref": "paper"}
    return [{"name": "epoch looked at", "type": "line", "line": line, **place}]
