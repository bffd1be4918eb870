"""Histograms of one epoch, a panel for each group of runs: mean shares and their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import histogram, theme
from lnl.charts.compare import Line
from lnl.charts.grid import Panel, Sheet
from lnl.charts.histogram import DOWN, HistogramOptions
from lnl.findings import RunRecords
from lnl.findings.spread import Spread, spread

NAMED = 310  # pixels of a panel: groups have long names
Bars = dict[str, list[Spread]]  # of each group of samples, a bin each


def group_histograms(groups: Sequence[Line], options: HistogramOptions) -> go.Figure:
    """As ``histograms``, of the runs of each group together; a run weighs the same as any other.

    Each run shows its last record, as far as it has one.
    """
    found = [_bars(group.runs, options) for group in groups]
    means = [bar.mean for bars in found for each in bars.values() for bar in each]
    mirrored = not options.log and any(name in DOWN for bars in found for name in bars)
    axes = histogram.axes(options, max(means, default=1.0), mirrored)
    sheet = Sheet(
        [group.runs[0] for group in groups],
        replace(axes, width=NAMED),
        f"{options}:{[run.info.id for group in groups for run in group.runs]}",
        titles=tuple(group.name for group in groups),
    )
    named: set[str] = set()
    for panel, group, bars in zip(sheet.panels(), groups, found, strict=True):
        if not bars:
            panel.note("no epoch evaluated yet")
            continue
        for name, each in bars.items():
            _draw(panel, name, each, options, named)
        _lines(panel, group.runs, options)
    return sheet.figure(barmode="overlay", bargap=0, meta={"mirrored": mirrored})


def _bars(runs: Sequence[RunRecords], options: HistogramOptions) -> Bars:
    """Mean and spread of each bin over the runs that have the group of samples."""
    piles: dict[str, list[NDArray[np.float32]]] = {}
    for run in runs:
        record = run.at(None)
        for name, counts in (histogram.counts_of(record, options) if record else {}).items():
            piles.setdefault(name, []).append(histogram.heights(counts, options))
    return {
        name: [value for bin in np.stack(each, axis=1).tolist() if (value := spread(bin))]
        for name, each in piles.items()
    }


def _draw(
    panel: Panel, name: str, bars: Sequence[Spread], options: HistogramOptions, named: set[str]
) -> None:
    style, width = theme.GROUPS[name], 1 / options.bins
    filled = [(n, bar) for n, bar in enumerate(bars) if bar.mean > 0]
    if not filled:
        return
    sign = -1 if name in DOWN and not options.log else 1
    panel.trace(
        style.title,
        first=name not in named,
        type="bar",
        x=np.asarray([(n + 0.5) * width for n, _ in filled], np.float32),
        y=np.asarray([sign * bar.mean for _, bar in filled], np.float32),
        customdata=[_told(bar, options) for _, bar in filled],
        width=width,
        marker=histogram.marker(style),
        hovertemplate=f"<b>{style.title}</b><br>around %{{x:.2f}}: %{{customdata}}<extra></extra>",
    )
    named.add(name)


def _told(bar: Spread, options: HistogramOptions) -> str:
    def word(value: float) -> str:
        return f"{value:.1%}" if options.unit == "share" else f"{value:,.0f}"

    what = "of the group" if options.unit == "share" else "samples"
    if bar.deviation is None:
        return f"{word(bar.mean)} {what}"
    return f"{word(bar.mean)} ± {word(bar.deviation)} {what}<br>mean of {bar.count} runs"


def _lines(panel: Panel, runs: Sequence[RunRecords], options: HistogramOptions) -> None:
    """Reference lines that hold for each of the runs."""
    if options.of != "confidence":
        return
    each: list[dict[float, Any]] = [histogram.confidence_lines(run.info) for run in runs]
    for value, label in each[0].items():
        if all(value in lines for lines in each):
            histogram.reference(panel, value, label)
