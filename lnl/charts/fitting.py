"""What the network fits: right labels, wrong ones, and what that does to its test accuracy."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from lnl.charts import curves, theme
from lnl.charts.curves import LOW_TOP, Curve
from lnl.charts.grid import Panel
from lnl.findings import RunRecords
from lnl.findings.summary import CLEAR, Course, Phases
from lnl.findings.verdict import phases_of
from lnl.records import EpochRecord

CURVES = (
    Curve(
        "given labels",
        lambda r: r.train_accuracy_given,
        theme.INK,
        "solid",
        "circle",
        3.5,
    ),
    Curve(
        "true labels",
        lambda r: r.train_accuracy_true,
        theme.CLEAN,
        "solid",
        "square",
        blind=False,
    ),
    Curve(
        "memorised",
        lambda r: r.memorised,
        theme.MISLABELLED,
        "dash",
        "x",
        blind=False,
    ),
    Curve(
        "recovered",
        lambda r: r.recovered,
        theme.RECOVERED,
        "dashdot",
        "diamond",
        blind=False,
    ),
    Curve("test", lambda r: r.test_accuracy, theme.TEST, "dot", "triangle-up"),
    Curve("validation", lambda r: r.validation_accuracy, theme.VALIDATION, "longdash", "cross"),
)
BEST, LAST = "best test accuracy", "last test accuracy"
ABOVE = "only reachable by memorising"


def fitting_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Training accuracy against the clean rate, one panel a run on shared axes; stages shaded.

    Accuracy on the given labels can pass the clean rate only by memorising wrong ones: what lies
    between the two is tinted. The phases are told on the hover of each run's name. Without true
    labels only what is known is drawn, and an estimated clean rate, called so. ``epoch`` marks the
    one looked at.
    """
    axes = curves.shares(runs, "share of samples", height=300, width=190)
    sheet = curves.over_epochs(runs, CURVES, axes, epoch, "fitting")
    for panel in sheet.panels():
        found, course = phases_of(panel.run), Course.of(panel.run.records)
        _clean_rate(panel, found)
        sheet.hints[panel.number] = phase_hints(panel.run, found)
        if course:
            _dots(panel, course)
    return sheet.figure(meta={"low": {"range": [0, LOW_TOP]}})


def phase_hints(run: RunRecords, found: Phases) -> list[str]:
    """The phases in words, for the hover of a run's name.

    The first lasts until the test accuracy was best, if it fell clearly after; the second since the
    training accuracy stands above the clean rate while the test accuracy has fallen.
    """
    course = Course.of(run.records)
    if course is None or found.overfits_from is None:
        return _memorising(found)
    best = next(r for r in run.records if r.epoch == course.best_epoch)
    fits = _fits(best, run.info.data.num_classes)
    rate = f"{'estimated ' if found.estimated else ''}clean rate of {found.clean_rate:.0%}"
    return [
        f"{fits} until epoch {course.best_epoch} (test accuracy {course.best:.0%})",
        f"overfits from epoch {found.overfits_from}: training accuracy above the {rate},",
        f"test accuracy down by {course.fell * 100:.0f} points",
    ]


def _fits(best: EpochRecord, classes: int) -> str:
    if best.memorised is None:
        return "learns the classes"
    both = best.memorised > 1 / classes + CLEAR
    return "fits right and wrong labels" if both else "learns the right labels"


def _memorising(found: Phases) -> list[str]:
    if found.onset is None:
        return []
    told = " (estimated)" if found.estimated else ""
    text = f"memorises wrong labels from epoch {found.onset}{told}"
    return [text, "the test accuracy has not suffered clearly"]


def _clean_rate(panel: Panel, found: Phases) -> None:
    rate = found.clean_rate
    if rate is None or rate >= 1 or not panel.run.records:
        return
    name = "estimated clean rate" if found.estimated else "clean rate"
    panel.text(f"{name} {rate:.0%}", x=0, y=1, xanchor="left", yanchor="top")
    curves.level(panel, name, rate, "dot" if found.estimated else "dash")
    if not found.estimated:
        _memorised_part(panel, rate)


def _memorised_part(panel: Panel, rate: float) -> None:
    """What of the accuracy on the given labels lies above the clean rate: only memorised labels."""
    known = [(r.epoch, r.train_accuracy_given) for r in panel.run.records]
    seen = [(epoch, max(value, rate)) for epoch, value in known if value is not None]
    if not any(value > rate for _, value in seen):
        return
    epochs = curves.numbers([epoch for epoch, _ in seen])
    above = np.asarray([value for _, value in seen], np.float32)
    panel.trace(
        ABOVE,
        first=False,
        type="scatter",
        mode="none",
        x=np.concatenate([epochs, epochs[::-1]]),
        y=np.concatenate([above, np.full(len(seen), rate, np.float32)]),
        fill="toself",
        fillcolor=theme.tint(theme.MISLABELLED, 0.25),
        hoverinfo="skip",
    )


def _dots(panel: Panel, course: Course) -> None:
    """The best as a star, the last as a ring, wide enough to be seen around the star."""
    edge = {"color": theme.TEST, "width": 2.5}
    for name, epoch, value, symbol, size in (
        (BEST, course.best_epoch, course.best, "star", 14),
        (LAST, course.last_epoch, course.last, "circle-open", 20),
    ):
        panel.trace(
            name,
            first=False,
            type="scatter",
            mode="markers",
            x=np.asarray([epoch], np.int32),
            y=np.asarray([value], np.float32),
            marker={"color": theme.TEST, "symbol": symbol, "size": size, "line": edge},
            hovertemplate=f"{name} %{{y:.1%}}, epoch %{{x}}<extra></extra>",
        )


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
