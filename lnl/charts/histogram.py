"""Histograms of one epoch: how sure the network is of each given label, by group of samples.

Right labels stand upwards, wrong ones downwards, so that no bar hides another. A logarithmic axis
has no below: there all stand upwards, one over the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.grid import Axes, Panel, Sheet
from lnl.errors import BadInput, unknown
from lnl.findings import RunRecords
from lnl.methods.cards import cards
from lnl.records import BINS, EpochRecord, Histograms, RunInfo

DOWN = ("mislabelled", "open-set")  # groups whose bars stand downwards
_TOPS = (0.04, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # of the vertical axis: half of each is whole


@dataclass(frozen=True)
class HistogramOptions:
    """What is drawn, and how."""

    of: Literal["confidence", "clean scores"] = "confidence"
    source: str = "mean"  # of the confidence: the predictors' mean, or one predictor by name
    unit: Literal["share", "count"] = "share"  # share of the group, or samples
    log: bool = False
    bins: int = 10  # few: a bar can be seen from the last row of a lecture hall

    def __post_init__(self) -> None:
        if self.bins < 1 or BINS % self.bins:
            raise BadInput(f"bins must divide {BINS}, got {self.bins}; take 10, 20, 50 or 100")


def histograms(
    runs: list[RunRecords],
    options: HistogramOptions | None = None,
    epoch: int | None = None,
    narrow: bool = False,
) -> go.Figure:
    """One panel a run, on shared axes, at ``epoch`` (None: the last one evaluated).

    Confidences get the reference lines 1/c and 0.5; clean scores the method's own threshold, which
    belongs to them alone. ``narrow``: ``layout.meta["wide"]`` has half as many bars, and their
    vertical axis, for where there is little room. Raises BadInput for a source that no run has.
    """
    options = options or HistogramOptions()
    shown = [run.at(epoch) for run in runs]
    _check_source(shown, options)
    mirrored = not options.log and any(
        group in DOWN for record in shown if record for group in counts_of(record, options)
    )
    sheet = _sheet(runs, shown, options, mirrored)
    meta: dict[str, Any] = {"mirrored": mirrored}
    if narrow and options.bins % 2 == 0:
        wide = _sheet(runs, shown, replace(options, bins=options.bins // 2), mirrored)
        meta["wide"] = {"data": wide.data, "yaxis": dict(wide.axes.y)}
    return sheet.figure(barmode="overlay", bargap=0, meta=meta)


def _sheet(
    runs: list[RunRecords],
    shown: Sequence[EpochRecord | None],
    options: HistogramOptions,
    mirrored: bool,
) -> Sheet:
    tallest = max((_height(record, options) for record in shown if record), default=1.0)
    ids = ",".join(run.info.id for run in runs)
    sheet = Sheet(runs, axes(options, tallest, mirrored), f"{options}:{ids}")
    named: set[str] = set()
    for panel, record in zip(sheet.panels(), shown, strict=True):
        if record is None:
            panel.note("no epoch evaluated yet")
            continue
        _bars(panel, counts_of(record, options), options, named)
        _lines(panel, record, options)
        _without_source(panel, record, options)
    return sheet


def merged(counts: NDArray[np.int64], bins: int) -> NDArray[np.int64]:
    """The ``BINS`` counts summed into ``bins`` wider ones."""
    wider: NDArray[np.int64] = counts.reshape(bins, -1).sum(axis=1)
    return wider


def _check_source(shown: list[EpochRecord | None], options: HistogramOptions) -> None:
    known = {name for record in shown if record for name in record.confidence}
    if options.of == "confidence" and known and options.source not in known:
        raise unknown("source of confidences", options.source, known)


def counts_of(record: EpochRecord, options: HistogramOptions) -> Histograms:
    """What the options ask for, as far as the record has it."""
    if options.of == "clean scores":
        return record.clean_scores or record.confidence.get("mean", {})
    # A run with one network beside a run with two: fall back to what it has.
    return record.confidence.get(options.source) or record.confidence.get("mean", {})


def heights(counts: NDArray[np.int64], options: HistogramOptions) -> NDArray[np.float32]:
    """Of the bars: shares, or samples."""
    bars = merged(counts, options.bins).astype(np.float32)
    return bars / max(float(bars.sum()), 1.0) if options.unit == "share" else bars


def _height(record: EpochRecord, options: HistogramOptions) -> float:
    groups = counts_of(record, options).values()
    return max((float(heights(counts, options).max()) for counts in groups), default=1.0)


def axes(options: HistogramOptions, tallest: float, mirrored: bool) -> Axes:
    """The axes of all panels, whose ``tallest`` bar has this height."""
    share = options.unit == "share"
    y: dict[str, Any] = {"tickformat": ".0%" if share else ",d", "nticks": 6}
    if options.log:
        y |= {"type": "log", "nticks": 5, "tickformat": ".1%" if share else ",d", "dtick": 1}
        y["range"] = [-4, 0.02] if share else [-0.3, float(np.log10(max(tallest, 2))) + 0.1]
    else:
        top = next((t for t in _TOPS if t >= tallest), 1.0) if share else _round_up(tallest)
        y["range"] = [-1.02 * top if mirrored else 0, 1.02 * top]
        if mirrored:
            y |= _both_ways(top, share)
    scores = options.of == "clean scores"
    return Axes(
        x={"range": [0, 1], "tickvals": [0, 0.5, 1]},
        y=y,
        x_title="clean score" if scores else "confidence",
        # turned upwards, the left half stands beside the lower half of the plot
        y_title="← mislabelled · clean →" if mirrored else _unit(options),
        width=190,
        columns=("clean score" if scores else "confidence in the given label", _unit(options)),
    )


def _unit(options: HistogramOptions) -> str:
    return "share of its group" if options.unit == "share" else "samples"


def _both_ways(top: float, share: bool) -> dict[str, Any]:
    """Ticks of an axis from ``-top`` to ``top`` that counts upwards both ways, and its middle."""
    ticks = [part * top for part in (-1, -0.5, 0, 0.5, 1)]
    told = [f"{abs(tick):.0%}" if share else f"{abs(tick):,.0f}" for tick in ticks]
    middle = {"zeroline": True, "zerolinecolor": theme.INK, "zerolinewidth": 1.5}
    return {"tickvals": ticks, "ticktext": told, **middle}


def _round_up(value: float) -> float:
    step = 10 ** np.floor(np.log10(max(value, 1)))
    return float(np.ceil(max(value, 1) / step) * step)


def _bars(panel: Panel, groups: Histograms, options: HistogramOptions, named: set[str]) -> None:
    width = 1 / options.bins
    centres = (np.arange(options.bins, dtype=np.float32) + 0.5) * width
    for group, counts in groups.items():
        bars = merged(counts, options.bins)
        filled = bars > 0  # an empty bar would still show its outline
        if not filled.any():
            continue
        style = theme.GROUPS[group]
        values = heights(counts, options)[filled]
        panel.trace(
            style.title,
            first=group not in named,
            type="bar",
            x=centres[filled],
            y=-values if group in DOWN and not options.log else values,
            customdata=np.stack([bars[filled].astype(np.float32), values], axis=-1),
            width=width,
            marker=marker(style),
            hovertemplate=_hover(style.title, options),
        )
        named.add(group)


def marker(style: theme.GroupStyle) -> dict[str, Any]:
    """How the bars of a group of samples look."""
    if not style.hatch:
        return {"color": style.colour, "opacity": 0.75, "line": {"width": 0}}
    pattern = {
        "shape": style.hatch,
        "fgcolor": style.colour,
        "bgcolor": "rgba(0,0,0,0)",
        "fillmode": "replace",
        "size": 7,
        "solidity": 0.4,
    }
    return {
        "color": style.colour,
        "pattern": pattern,
        "line": {"color": style.colour, "width": 1.5},
    }


def _hover(title: str, options: HistogramOptions) -> str:
    share = "<br>%{customdata[1]:.1%} of the group" if options.unit == "share" else ""
    count = "%{customdata[0]:,.0f} samples"
    return f"<b>{title}</b><br>around %{{x:.2f}}: {count}{share}<extra></extra>"


def _lines(panel: Panel, record: EpochRecord, options: HistogramOptions) -> None:
    if options.of == "confidence":
        for value, label in confidence_lines(panel.run.info).items():
            reference(panel, value, label)
    elif record.reading == "confidence":
        panel.text("has no clean scores: its confidence", x=0, y=1, yanchor="bottom")
    elif record.threshold is None:
        panel.text("no single threshold", x=0, y=1, yanchor="bottom")
    else:
        reference(panel, record.threshold, f"threshold {record.threshold:.2f}")


def confidence_lines(info: RunInfo) -> dict[float, str]:
    """Where reference lines stand on the confidence: 1/c, and 0.5 or the method's own cut."""
    classes, card = info.data.num_classes, cards().get(info.spec.method)
    places = {1 / classes: f"1/{classes}"}
    cut = card.cut if card else None
    value = info.spec.settings.get(cut.setting, 0.5) if cut else 0.5
    if cut is None or value == 0.5:
        return {0.5: "0.5"} | places
    # a line at 0.5 too would run into that of the cut
    near = abs(value - 0.5) < 0.15
    return places | ({} if near else {0.5: "0.5"}) | {value: f"{cut.symbol} {value:g}"}


def _without_source(panel: Panel, record: EpochRecord, options: HistogramOptions) -> None:
    if options.of == "confidence" and options.source not in record.confidence:
        panel.text("has one network", x=0.5, y=1, yanchor="bottom")


def reference(panel: Panel, x: float, label: str) -> None:
    """A line at a value of note, with its name."""
    panel.upright(label, x)
    anchor = "center" if 0.2 < x < 0.8 else ("left" if x <= 0.2 else "right")
    panel.text(label, x=x, y=1, xref="data", xanchor=anchor, yanchor="bottom")
