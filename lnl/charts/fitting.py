"""What the network fits: right labels, wrong ones, and what that does to its test accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from lnl.charts import curves, theme
from lnl.charts.curves import TOP, Curve
from lnl.charts.grid import Panel
from lnl.findings import RunRecords
from lnl.findings.summary import CLEAR, Course, Phases
from lnl.findings.verdict import phases_of
from lnl.records import EpochRecord

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
BEST, LAST = "best test accuracy", "last test accuracy"


def fitting_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Training accuracy against the clean rate, one panel a run on shared axes; stages shaded.

    Accuracy on the given labels can pass the clean rate only by memorising wrong ones: that band
    is tinted. The phases stand above each plot in words. Without true labels only what is known is
    drawn, and an estimated clean rate, called so. Each plot tells its own rate: one entry of the
    legend stands for all. ``epoch`` marks the one looked at.
    """
    axes = curves.shares(runs, "share of samples", height=300, lines=2)
    sheet = curves.over_epochs(runs, CURVES, axes, epoch, "fitting")
    named: set[str] = set()
    for panel in sheet.panels():
        found, course = phases_of(panel.run), Course.of(panel.run.records)
        _clean_rate(panel, found, named)
        for place, (text, colour, whole) in enumerate(phase_lines(panel.run, found)):
            panel.line(place, text, colour, whole)
        if course:
            _dots(panel, course, named)
    return sheet.figure()


def phase_lines(run: RunRecords, found: Phases) -> list[tuple[str, str, str]]:
    """The phases in words: a short text, its colour, the whole sentence.

    The first lasts until the test accuracy was best, if it fell clearly after; the second since the
    training accuracy stands above the clean rate while the test accuracy has fallen.
    """
    course = Course.of(run.records)
    if course is None or found.overfits_from is None:
        return _memorising(found)
    points = f"{course.fell * 100:.0f} points"
    told = " (estimated)" if found.estimated else f", test fell {points}"
    best = next(r for r in run.records if r.epoch == course.best_epoch)
    fits = _fits(best, run.info.data.num_classes)
    rate = f"{'estimated ' if found.estimated else ''}clean rate of {found.clean_rate:.0%}"
    since = found.overfits_from
    return [
        (
            f"{fits} until epoch {course.best_epoch}",
            theme.INK,
            f"Until epoch {course.best_epoch} the test accuracy rises, to {course.best:.0%}",
        ),
        (
            f"overfits from epoch {since}{told}",
            theme.MISLABELLED,
            f"Overfits from epoch {since}: training accuracy stands above the {rate} while the "
            f"test accuracy has fallen by {points}",
        ),
    ]


def _fits(best: EpochRecord, classes: int) -> str:
    if best.memorised is None:
        return "learns the classes"
    both = best.memorised > 1 / classes + CLEAR
    return "fits right and wrong labels" if both else "learns the right labels"


def _memorising(found: Phases) -> list[tuple[str, str, str]]:
    if found.onset is None:
        return []
    text = f"memorises wrong labels from epoch {found.onset}"
    if found.estimated:
        text = f"memorises from epoch {found.onset} (estimated)"
    return [(text, theme.MISLABELLED, f"{text}; the test accuracy has not suffered clearly")]


def _clean_rate(panel: Panel, found: Phases, named: set[str]) -> None:
    rate = found.clean_rate
    if rate is None or rate >= 1 or not panel.run.records:
        return
    name = "estimated clean rate" if found.estimated else "clean rate"
    told = f"{name} {rate:.0%}" if found.estimated else f"above {rate:.0%} only by memorising"
    panel.text(told, x=0, y=TOP, xanchor="left", yanchor="top", yref="data")
    curves.level(panel, name, rate, "dot" if found.estimated else "dash", named)
    if not found.estimated:
        band: dict[str, Any] = {"y0": rate, "y1": TOP, "yref": "data", "opacity": 0.1}
        curves.rectangle(panel, "only reachable by memorising", theme.MISLABELLED, **band)


def _dots(panel: Panel, course: Course, named: set[str]) -> None:
    """The best as a star, the last as a ring, wide enough to be seen around the star."""
    edge = {"color": theme.TEST, "width": 2.5}
    for name, epoch, value, symbol, size in (
        (BEST, course.best_epoch, course.best, "star", 14),
        (LAST, course.last_epoch, course.last, "circle-open", 20),
    ):
        panel.trace(
            name,
            first=name not in named,
            type="scatter",
            mode="markers",
            x=np.asarray([epoch], np.int32),
            y=np.asarray([value], np.float32),
            marker={"color": theme.TEST, "symbol": symbol, "size": size, "line": edge},
            hovertemplate=f"{name} %{{y:.1%}}, epoch %{{x}}<extra></extra>",
        )
        named.add(name)


def mislabelled_split(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Of the mislabelled samples: memorised, recovered, or predicted as a third class; stacked.

    Open-set samples have no true class: they are memorised or count as a third class.
    """
    axes = curves.shares(runs, "share of the mislabelled")
    sheet = curves.over_epochs(runs, (), axes, epoch, "split")
    named: set[str] = set()
    for panel in sheet.panels():
        _areas(panel, named)
    return sheet.figure()


def _areas(panel: Panel, named: set[str]) -> None:
    seen = [r for r in panel.run.records if r.memorised is not None]
    if not seen:
        panel.note(curves.unknown(panel.run) if panel.run.records else "no finished epoch yet")
        return
    memorised = np.asarray([r.memorised for r in seen], np.float32)
    recovered = np.asarray([r.recovered or 0.0 for r in seen], np.float32) * _closed(panel.run)
    parts = (
        ("memorised", theme.MISLABELLED, "/", memorised),
        ("recovered", theme.RECOVERED, ".", recovered),
        ("third class", theme.UNKNOWN, "", np.maximum(1 - memorised - recovered, 0)),
    )
    for name, colour, hatch, values in parts:
        panel.trace(
            name,
            first=name not in named,
            type="scatter",
            mode="lines",
            stackgroup="split",
            x=np.asarray([r.epoch for r in seen], np.int32),
            y=values,
            line={"color": colour, "width": 2},
            fillcolor=colour,
            fillpattern={"shape": hatch, "fgcolor": colour, "bgcolor": theme.PAPER, "size": 8},
            hovertemplate=f"epoch %{{x}}: %{{y:.1%}}<extra>{name}</extra>",
        )
        named.add(name)


def _closed(run: RunRecords) -> float:
    """The share of the mislabelled that have a true class."""
    facts = run.info.data
    return 1 - facts.open_set_rate / facts.actual_noise_rate if facts.actual_noise_rate else 1.0
