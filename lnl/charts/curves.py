"""Curves over the epochs: what the network fits, and its losses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lnl.charts import theme
from lnl.charts.grid import Axes, Panel, RunRecords, Sheet
from lnl.records import EpochRecord

TOP = 1.12  # of the vertical axis: room for a line of text that no curve can cross
MANY = 40  # epochs; longer curves go without markers


@dataclass(frozen=True)
class Curve:
    """A line of the fitting figure."""

    name: str
    value: Callable[[EpochRecord], float | None]
    colour: str
    dash: str
    marker: str
    width: float = 2.5
    blind: bool = True  # drawn also where true labels are unknown


CURVES = (
    Curve(
        "training accuracy on given labels",
        lambda r: r.train_accuracy_given,
        theme.INK,
        "solid",
        "circle",
        3.5,
    ),
    Curve(
        "training accuracy on true labels",
        lambda r: r.train_accuracy_true,
        theme.CLEAN,
        "solid",
        "square",
        blind=False,
    ),
    Curve(
        "mislabelled: memorised",
        lambda r: r.memorised,
        theme.MISLABELLED,
        "dash",
        "x",
        blind=False,
    ),
    Curve(
        "mislabelled: recovered",
        lambda r: r.recovered,
        theme.RECOVERED,
        "dashdot",
        "diamond",
        blind=False,
    ),
    Curve("test accuracy", lambda r: r.test_accuracy, theme.TEST, "dot", "triangle-up"),
)


def fitting_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Training accuracy against the clean rate, one panel a run on shared axes; stages shaded.

    Accuracy on the given labels can pass the clean rate only by memorising wrong ones: that band
    is tinted. Without true labels only what is known is drawn. ``epoch`` marks the one looked at.
    """
    axes = Axes(
        x=_epochs_axis(runs),
        y={"range": [0, TOP], "tickformat": ".0%", "dtick": 0.25},
        x_title="epoch",
        y_title="share of samples",
        height=300,
        entries=len(CURVES) + 1,
    )
    sheet = Sheet(runs, axes, f"fitting:{_ids(runs)}")
    named: set[str] = set()
    for panel in sheet.panels():
        _stages(panel)
        _clean_rate(panel, axes.x["range"][1], named)
        blind = panel.run.info.data.clean_rate is None
        for curve in CURVES:
            if curve.blind or not blind:
                _line(panel, curve, named)
        _marked(panel, epoch)
        if not panel.run.records:
            panel.note("no finished epoch yet")
    return sheet.figure()


def loss_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Every named loss term, averaged over each epoch's steps; each panel on its own scale."""
    terms = sorted({term for run in runs for record in run.records for term in record.losses})
    axes = Axes(
        x=_epochs_axis(runs),
        y={"rangemode": "tozero", "nticks": 6},
        x_title="epoch",
        y_title="loss",
        same_y=False,
        entries=len(terms),
    )
    sheet = Sheet(runs, axes, f"losses:{_ids(runs)}")
    named: set[str] = set()
    for panel in sheet.panels():
        _stages(panel)
        for place, term in enumerate(terms):
            _line(panel, _term(term, place), named, of_all=True)
        _marked(panel, epoch)
    return sheet.figure()


def _term(name: str, place: int) -> Curve:
    style = theme.series_style(place)
    title = theme.plain(theme.spelled(name))
    return Curve(title, lambda record: record.losses.get(name), style.colour, style.dash, "circle")


def _ids(runs: list[RunRecords]) -> str:
    return ",".join(run.info.id for run in runs)


def _epochs_axis(runs: list[RunRecords]) -> dict[str, Any]:
    last = max(max(run.info.epochs, run.info.last_epoch, 1) for run in runs)
    return {"range": [0.5, last + 0.5], "tickformat": "d", "nticks": 7}


def _line(panel: Panel, curve: Curve, named: set[str], of_all: bool = False) -> None:
    points = [(r.epoch, curve.value(r)) for r in panel.run.records if of_all or r.evaluated]
    known = [(epoch, value) for epoch, value in points if value is not None]
    if not known:
        return
    epochs, values = zip(*known, strict=True)
    panel.trace(
        curve.name,
        first=curve.name not in named,
        type="scatter",
        mode="lines+markers" if len(known) <= MANY else "lines",
        x=np.asarray(epochs, np.int32),
        y=np.asarray(values, np.float32),
        line={"color": curve.colour, "dash": curve.dash, "width": curve.width},
        marker={"color": curve.colour, "symbol": curve.marker, "size": 6},
        hovertemplate=f"epoch %{{x}}: %{{y}}<extra>{curve.name}</extra>",
    )
    named.add(curve.name)


def _stages(panel: Panel) -> None:
    stages = panel.run.info.stages
    for place, stage in enumerate(stages if len(stages) > 1 else ()):
        start, end = stage.first - 0.5, stage.last + 0.5
        if place % 2 == 0:
            _rectangle(panel, f"stage {stage.name}", theme.SHADE, x0=start, x1=end, xref="data")
        panel.text(
            theme.plain(theme.spelled(stage.name)),
            x=(start + end) / 2,
            y=1,
            xref="data",
            yanchor="bottom",
        )


def _rectangle(panel: Panel, name: str, colour: str, **place: Any) -> None:
    whole = {"x0": 0, "x1": 1, "y0": 0, "y1": 1}
    panel.shape(
        name, type="rect", layer="below", line={"width": 0}, fillcolor=colour, **(whole | place)
    )


def _clean_rate(panel: Panel, last: float, named: set[str]) -> None:
    rate = panel.run.info.data.clean_rate
    if rate is None or rate >= 1:
        return
    band = {"y0": rate, "y1": TOP, "yref": "data", "opacity": 0.1}
    _rectangle(panel, "only reachable by memorising", theme.MISLABELLED, **band)
    panel.text("only by memorising", x=0, y=TOP, xanchor="left", yanchor="top", yref="data")
    name = f"clean rate {rate:.0%}"
    panel.trace(
        name,
        first=name not in named,
        type="scatter",
        mode="lines",
        x=[0.5, last],
        y=[rate, rate],
        line={"color": theme.MUTED, "dash": "dash", "width": 2},
        hovertemplate=f"clean rate {rate:.1%}<extra></extra>",
    )
    named.add(name)


def _marked(panel: Panel, epoch: int | None) -> None:
    if epoch is not None:
        panel.upright("epoch looked at", epoch, theme.MUTED, "solid")
