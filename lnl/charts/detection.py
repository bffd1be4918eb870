"""How well a method finds the mislabelled samples: over the epochs, and at each threshold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import curves, theme
from lnl.charts.curves import Curve
from lnl.charts.grid import Axes, Panel, Sheet
from lnl.charts.theme import MethodStyle
from lnl.findings import RunRecords
from lnl.findings.separation import Cuts, cuts, overlap, piles
from lnl.records import Detection, EpochRecord

PRECISION, RECALL, AUROC, OWN = "#332288", "#117733", "#7a4b00", "#882255"
SELECTION = "the method's own selection"


def _of(name: str) -> Callable[[EpochRecord], float | None]:
    return lambda record: getattr(record.detection, name) if record.detection else None


CURVES = (
    Curve("precision", _of("precision"), PRECISION, "dash", "square", blind=False),
    Curve("recall", _of("recall"), RECALL, "dashdot", "diamond", blind=False),
    Curve("F1", _of("f1"), theme.INK, "solid", "circle", 3.5, blind=False),
    Curve("AUROC", _of("auroc"), AUROC, "dot", "triangle-up", blind=False),
)


def detection_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Precision, recall, F1 and AUROC of finding the mislabelled, one panel a run."""
    axes = curves.shares(runs, "share", lines=1)
    sheet = curves.over_epochs(runs, CURVES, axes, epoch, "detection")
    for panel in sheet.panels():
        panel.line(0, readings(panel.run.records))
    return sheet.figure()


def readings(records: list[EpochRecord]) -> str:
    """What the selection of a run is read from, in words."""
    seen = [r for r in records if r.evaluated]
    by_confidence = [r.epoch for r in seen if r.reading == "confidence"]
    if not seen:
        return ""
    if len(by_confidence) == len(seen):
        return "wrong where its confidence is 0.5 or less"
    if not by_confidence:
        return "judged by its own clean scores"
    if seen[-1].reading == "confidence":
        return "by clean scores, now by confidence"
    return f"confidence to epoch {max(by_confidence)}, then clean scores"


def noise_rate_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """The noise rate that a run's selection implies, beside the actual one where it is known."""
    told = Curve(
        "estimated noise rate", lambda r: r.estimated_noise_rate, theme.INK, "solid", width=3.5
    )
    axes = curves.shares(runs, "share of samples", lines=1)
    sheet = curves.over_epochs(runs, [told], axes, epoch, "noise rate")
    named: set[str] = set()
    for panel in sheet.panels():
        panel.line(0, readings(panel.run.records))
        actual = panel.run.info.data.actual_noise_rate
        if actual is not None and panel.run.records:
            kind = "added" if panel.run.info.data.noise_is_added else "actual"
            curves.level(panel, f"{kind} noise rate {actual:.0%}", actual, "dash", named)
    return sheet.figure()


def overlap_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """How far the piles of clean and mislabelled samples overlap; records need histograms.

    Of the confidences, and of the clean scores of methods that keep them.
    """
    shown = (
        Curve("of the confidences", _confidences, theme.INK, "solid", width=3.5, blind=False),
        Curve("of the clean scores", _scores, PRECISION, "dash", "square", blind=False),
    )
    axes = curves.shares(runs, "overlap of the piles")
    return curves.over_epochs(runs, shown, axes, epoch, "overlap").figure()


def _confidences(record: EpochRecord) -> float | None:
    both = piles(record.confidence.get("mean", {}))
    return overlap(*both) if both else None


def _scores(record: EpochRecord) -> float | None:
    both = piles(record.clean_scores) if record.reading == "clean_scores" else None
    return overlap(*both) if both else None


def precision_recall(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Precision against recall over all thresholds, and the point where the method itself stands.

    From the histograms of the clean scores, so in steps of 0.01 of the threshold; the method's own
    point is exact.
    """
    share = {"range": [0, 1.04], "tickformat": ".0%", "dtick": 0.25}
    axes = Axes(x=share, y=share, x_title="recall", y_title="precision", height=300, lines=1)
    sheet = Sheet(runs, axes, f"precision-recall:{curves.ids(runs)}")
    named: set[str] = set()
    for panel, record, found in _cut(sheet, epoch):
        known = np.isfinite(found.precision) & np.isfinite(found.recall)
        _course(
            panel,
            "every threshold from 0 to 1",
            (found.recall[known], found.precision[known], found.thresholds[known]),
            MethodStyle(theme.INK, "solid"),
            named,
        )
        if record.detection:
            _own(panel, record, (record.detection.recall, record.detection.precision), named)
    return sheet.figure()


def f1_by_threshold(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Precision, recall and F1 at every threshold of the clean scores, in steps of 0.01.

    Source: PMNAR, Figure 3. The method's own threshold is marked.
    """
    axes = Axes(
        x={"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        y={"range": [0, 1.04], "tickformat": ".0%", "dtick": 0.25},
        x_title="threshold of the clean score",
        y_title="share",
        height=300,
        lines=1,
    )
    sheet = Sheet(runs, axes, f"f1-threshold:{curves.ids(runs)}")
    named: set[str] = set()
    for panel, record, found in _cut(sheet, epoch):
        for name, values, colour, dash in (
            ("F1", found.f1, theme.INK, "solid"),
            ("precision", found.precision, PRECISION, "dash"),
            ("recall", found.recall, RECALL, "dashdot"),
        ):
            known = np.isfinite(values)
            points = (found.thresholds[known], values[known], found.thresholds[known])
            _course(panel, name, points, MethodStyle(colour, dash), named)
        if record.threshold is not None and record.detection:
            panel.upright("the method's own threshold", record.threshold)
            _own(panel, record, (record.threshold, record.detection.f1), named)
    return sheet.figure()


def _cut(sheet: Sheet, epoch: int | None) -> list[tuple[Panel, EpochRecord, Cuts]]:
    """The panels of which something is known; the others say that nothing is."""
    shown = []
    for panel in sheet.panels():
        record = panel.run.at(epoch)
        both = piles(record.clean_scores) if record else None
        if record is None or both is None:
            panel.note(curves.unknown(panel.run) if record else "no epoch evaluated yet")
            continue
        panel.line(0, readings([record]))
        shown.append((panel, record, cuts(*both)))
    return shown


def _course(
    panel: Panel,
    name: str,
    points: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    style: MethodStyle,
    named: set[str],
) -> None:
    axes = panel.sheet.axes
    x, y, thresholds = (values.astype(np.float32) for values in points)
    panel.trace(
        name,
        first=name not in named,
        type="scatter",
        mode="lines",
        x=x,
        y=y,
        customdata=thresholds,
        line={"color": style.colour, "dash": style.dash, "width": 3},
        hovertemplate=f"threshold %{{customdata:.2f}}<br>{axes.x_title} %{{x:.2f}}"
        f"<br>{axes.y_title} %{{y:.1%}}<extra>{name}</extra>",
    )
    named.add(name)


def _own(panel: Panel, record: EpochRecord, place: tuple[float, float], named: set[str]) -> None:
    if not np.isfinite(place).all():
        return
    panel.trace(
        SELECTION,
        first=SELECTION not in named,
        type="scatter",
        mode="markers",
        x=np.asarray(place[:1], np.float32),
        y=np.asarray(place[1:], np.float32),
        marker={"color": OWN, "symbol": "diamond", "size": 14},
        hovertemplate=f"{_told(record)}<extra>{SELECTION}</extra>",
    )
    named.add(SELECTION)


def _told(record: EpochRecord) -> str:
    found: Detection | None = record.detection
    cut = "no single threshold" if record.threshold is None else f"threshold {record.threshold:.2f}"
    if found is None:
        return cut
    precision, recall, f1 = (
        f"{value:.1%}" if np.isfinite(value) else "–"
        for value in (found.precision, found.recall, found.f1)
    )
    return f"{cut}<br>precision {precision}, recall {recall}, F1 {f1}"
