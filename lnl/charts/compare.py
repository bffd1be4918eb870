"""Runs laid over one another: one plot a number, one line a run or the mean over its seeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lnl.charts import legend, theme
from lnl.charts.grid import Axes, arrangements, below, widest
from lnl.charts.smoothing import smoothed
from lnl.findings import RunRecords
from lnl.findings.metrics import Metric
from lnl.findings.spread import Spread, spread

MARKS = 14  # markers a line, at most
BAND, FAINT = 0.2, 0.35  # how much of its colour a band has, and a curve behind its average
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "pentagon")


@dataclass(frozen=True)
class Line:
    """A run, or several of which mean and spread are drawn."""

    name: str
    runs: tuple[RunRecords, ...]

    @property
    def method(self) -> str:
        """Gives colour and dash."""
        return self.runs[0].info.spec.method

    def course(self, metric: Metric) -> dict[int, Spread]:
        """Mean and spread by epoch, over the runs that have a number there."""
        values: dict[int, list[float | None]] = {}
        for run in self.runs:
            for record in run.records:
                if record.evaluated:
                    values.setdefault(record.epoch, []).append(metric.value(record))
        found = {epoch: spread(values[epoch]) for epoch in sorted(values)}
        return {epoch: value for epoch, value in found.items() if value is not None}


@dataclass(frozen=True)
class CurveOptions:
    """How lines are drawn."""

    by_method: bool = True  # in their methods' colours and dashes; False: each in one of its own
    smoothing: float = 0.0  # weight of the past in a moving average, 0: none


def compared_curves(
    lines: Sequence[Line],
    metrics: Sequence[Metric],
    epoch: int | None = None,
    options: CurveOptions = CurveOptions(),
) -> go.Figure:
    """A plot a metric; several runs of a line give its mean and a band of one deviation.

    Lines of one method share its colour and dash and differ in their markers. ``epoch`` marks the
    one looked at. Behind a smoothed line the measured one is seen faintly.
    """
    axes = Axes(
        x=_epochs_axis(lines),
        y={"tickformat": ".0%", "nticks": 7},
        x_title="epoch",
        y_title="",
        height=320,
        same_y=False,
    )
    plots = [_Plot(number, metric, lines, options) for number, metric in enumerate(metrics, 1)]
    data = [trace for plot in plots for trace in plot.traces()]
    arrange = arrangements(len(plots), axes, legend.entries(data))
    names = ",".join(run.info.id for line in lines for run in line.runs)
    layout = theme.layout(f"compare:{names}:{[m.title for m in metrics]}")
    value = metrics[0].title if len(metrics) == 1 else "value"
    layout |= {"meta": theme.columns("epoch", value), "shapes": [], "annotations": []}
    for plot in plots:
        layout["shapes"] += plot.marks(epoch)
        layout["annotations"].append(plot.title())
        layout |= plot.axes(axes)
    return go.Figure({"data": data, "layout": widest(layout, arrange)})


def _epochs_axis(lines: Sequence[Line]) -> dict[str, Any]:
    infos = [run.info for line in lines for run in line.runs]
    last = max(max(info.epochs, info.last_epoch, 1) for info in infos)
    return theme.epochs_range(last)


class _Plot:
    """The place of one metric."""

    def __init__(
        self, number: int, metric: Metric, lines: Sequence[Line], options: CurveOptions
    ) -> None:
        self.metric, self.lines, self.options = metric, lines, options
        self.suffix = "" if number == 1 else str(number)
        self.measured = [line.course(metric) for line in lines]
        self.courses = [_calmed(course, options.smoothing) for course in self.measured]

    def traces(self) -> Iterator[dict[str, Any]]:
        """Bands first: lines lie above them."""
        styles = list(_styles(self.lines, self.options.by_method))
        drawn = list(zip(self.lines, self.measured, self.courses, styles, strict=True))
        for line, _, course, style in drawn:
            yield from self._band(line, course, style["line"]["color"])
        if self.options.smoothing:
            for line, measured, _, style in drawn:
                yield self._behind(line, measured, style["line"])
        for line, measured, course, style in drawn:
            yield self._trace(
                line,
                self.metric.title,
                showlegend=not self.suffix,
                mode="lines+markers",
                customdata=[self._told(value) for value in measured.values()],
                hovertemplate=self._hover(line),
                **_means(course),
                **style,
            )

    def _told(self, value: Spread) -> str:
        """The spread; of a smoothed line the measured mean too."""
        mean = f", measured {value.mean:.1%}" if self.options.smoothing else ""
        if value.deviation is None:
            return mean
        return f"{mean} ± {value.deviation:.1%} over {value.count} runs"

    def _hover(self, line: Line) -> str:
        what = f"smoothed {self.metric.title}" if self.options.smoothing else self.metric.title
        return (
            f"<b>{theme.plain(line.name)}</b><br>{what} at epoch %{{x}}: "
            "<b>%{y:.1%}</b>%{customdata}<extra></extra>"
        )

    def _behind(self, line: Line, measured: dict[int, Spread], style: dict[str, Any]) -> Any:
        """The measured curve of a smoothed one."""
        colour = theme.tint(style["color"], FAINT)
        return self._trace(
            line,
            f"{self.metric.title}, measured",
            showlegend=False,
            mode="lines",
            line={**style, "width": 1.5, "color": colour},
            hoverinfo="skip",
            **_means(measured),
        )

    def _band(self, line: Line, course: dict[int, Spread], colour: str) -> Iterator[dict[str, Any]]:
        spreads = [(e, v.mean, v.deviation) for e, v in course.items() if v.deviation is not None]
        for sign, fill in ((-1, "none"), (1, "tonexty")) if spreads else ():
            yield self._trace(
                line,
                f"{self.metric.title}, {'minus' if sign < 0 else 'plus'} one standard deviation",
                showlegend=False,
                mode="lines",
                x=np.asarray([epoch for epoch, _, _ in spreads], np.int32),
                y=np.asarray([mean + sign * d for _, mean, d in spreads], np.float32),
                line={"width": 0, "color": colour},
                fill=fill,
                fillcolor=theme.tint(colour, BAND),
                hoverinfo="skip",
            )

    def _trace(self, of: Line, series: str, **more: Any) -> dict[str, Any]:
        ids = ",".join(run.info.id for run in of.runs)
        return {
            "type": "scatter",
            "name": theme.plain(theme.shortened(of.name, 60)),
            "legendgroup": ids,
            "uid": f"{ids}-{series}",
            "meta": {"run": of.name, "series": series},
            "xaxis": f"x{self.suffix}",
            "yaxis": f"y{self.suffix}",
            **more,
        }

    def marks(self, epoch: int | None) -> Iterator[dict[str, Any]]:
        """The epoch looked at, and the clean rate that accuracy on given labels should not pass."""
        if epoch is not None:
            yield self._mark("epoch looked at", "solid", x=epoch)
        rates = {run.info.data.clean_rate for line in self.lines for run in line.runs}
        if self.metric.title == "accuracy on given labels" and len(rates) == 1:
            (rate,) = rates
            if rate is not None:
                yield self._mark(f"clean rate {rate:.0%}", "dash", y=rate)

    def _mark(self, name: str, dash: str, **at: float) -> dict[str, Any]:
        ((letter, value),) = at.items()
        other = "y" if letter == "x" else "x"
        return {
            "name": name,
            "type": "line",
            "line": {"color": theme.MUTED, "width": 1.5, "dash": dash},
            f"{letter}ref": f"{letter}{self.suffix}",
            f"{letter}0": value,
            f"{letter}1": value,
            f"{other}ref": f"{other}{self.suffix} domain",
            f"{other}0": 0,
            f"{other}1": 1,
        }

    def title(self) -> dict[str, Any]:
        """What is drawn."""
        known = any(self.courses)
        spread = ", mean ± 1 sd" if any(len(line.runs) > 1 for line in self.lines) else ""
        return {
            "text": f"<b>{self.metric.title}</b>" + (spread if known else ": no number yet"),
            "font": {"size": theme.FONT_SIZE + 2, "color": theme.INK},
            "xref": f"x{self.suffix} domain",
            "yref": f"y{self.suffix} domain",
            "x": 0,
            "y": 1,
            "xanchor": "left",
            "yanchor": "bottom",
            "yshift": 12,
            "showarrow": False,
        }

    def axes(self, axes: Axes) -> dict[str, Any]:
        """The vertical one begins under the lowest number: it moves only where a run falls."""
        values = [value for course in self.courses for value in course.values()]
        lowest = min((value.mean - (value.deviation or 0.0) for value in values), default=0.0)
        bottom = max(0.0, floor(lowest * 10) / 10)
        match = {"matches": "x"} if self.suffix else {}
        x = below(axes, self.suffix, **match)
        y = theme.axis(anchor=f"x{self.suffix}", range=[bottom, 1.02], **axes.y)
        return {f"xaxis{self.suffix}": x, f"yaxis{self.suffix}": y}


def _means(course: dict[int, Spread]) -> dict[str, Any]:
    return {
        "x": np.asarray(list(course), np.int32),
        "y": np.asarray([value.mean for value in course.values()], np.float32),
    }


def _calmed(course: dict[int, Spread], weight: float) -> dict[int, Spread]:
    """Mean and deviation smoothed alike."""
    if not weight:
        return course
    means = smoothed((value.mean for value in course.values()), weight)
    calm = {e: replace(v, mean=mean) for (e, v), mean in zip(course.items(), means, strict=True)}
    spreads = {e: v.deviation for e, v in course.items() if v.deviation is not None}
    for epoch, deviation in zip(spreads, smoothed(spreads.values(), weight), strict=True):
        calm[epoch] = replace(calm[epoch], deviation=deviation)
    return calm


def _styles(lines: Sequence[Line], by_method: bool) -> Iterator[dict[str, Any]]:
    seen: dict[str, int] = {}
    methods = [line.method for line in lines]
    for number, line in enumerate(lines):
        place = seen[line.method] = seen.get(line.method, -1) + 1
        style = (
            theme.method_style(line.method, methods) if by_method else theme.series_style(number)
        )
        symbol = _SYMBOLS[(place if by_method else number) % len(_SYMBOLS)]
        marker = {"symbol": symbol, "size": 8, "maxdisplayed": MARKS}
        yield {
            "line": {"color": style.colour, "dash": style.dash, "width": 2.5},
            "marker": {"color": style.colour, **marker},
        }
