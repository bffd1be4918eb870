"""One sample over the epochs: what the network thought of it, and what the method did with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.stack import Row, stacked
from lnl.findings import spelled
from lnl.records import RunInfo

CLASSES = 6  # with a line of their own among the predictions
VALUES = 3  # of the method's own, at most
INFERRED = "inferred_label"  # the value that is a class


@dataclass(frozen=True)
class SampleCourse:
    """A sample's labels, and its values at each kept epoch; arrays are [epochs]."""

    given: int
    true: int | None  # -1: of no class; None: unknown
    epochs: NDArray[np.int64]
    confidence: NDArray[np.float16]
    clean_score: NDArray[np.float16]
    prediction: NDArray[np.uint16]
    selected: NDArray[np.bool_]
    values: dict[str, NDArray[np.float16]]
    scored: bool  # whether the method keeps a clean score of its own


@dataclass(frozen=True)
class Kind:
    """How a prediction stands to the labels."""

    title: str
    colour: str
    symbol: str


def sample_history(run: RunInfo, course: SampleCourse, epoch: int | None = None) -> go.Figure:
    """Confidence, prediction, selection and the method's own values, one under the other.

    Stages are shaded; ``epoch`` marks the one looked at.
    """
    names = _class_lines(run, course)
    rows = [
        Row("confidence in the given label", 190, {"range": [0, 1.04], "dtick": 0.5}),
        Row("predicted as", 26 * len(names) + 10, _categories(names)),
        Row("treated as clean", 26, {"range": [0, 1], "showticklabels": False, "ticks": ""}),
    ]
    data = [*_confidence(run, course), *_predictions(run, course, names), *_selection(course)]
    for name, values in list(_own(course).items())[:VALUES]:
        rows.append(Row(spelled(name), 90, {"nticks": 4}))
        data.append(_value(course, values, len(rows), spelled(name)))
    return stacked(run, rows, data, epoch)


def _confidence(run: RunInfo, course: SampleCourse) -> list[dict[str, Any]]:
    lines = [("confidence", course.confidence, theme.INK, "solid")]
    if course.scored:
        style = theme.series_style(1)
        lines.append(("clean score", course.clean_score, style.colour, style.dash))
    traces = [_line(course, *line) for line in lines]
    guess = 1 / max(1, run.data.num_classes)
    ends = [0.5, max(run.epochs, run.last_epoch, 1) + 0.5]
    traces.append(
        {
            "type": "scatter",
            "name": "a guess (1/c)",
            "mode": "lines",
            "x": ends,
            "y": [guess, guess],
            "yaxis": "y",
            "line": {"color": theme.MUTED, "dash": "dot", "width": 1.5},
            "hoverinfo": "skip",
        }
    )
    return traces


def _line(
    course: SampleCourse, name: str, values: NDArray[Any], colour: str, dash: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines+markers" if len(values) <= 40 else "lines",
        "x": course.epochs.astype(np.int32),
        "y": values.astype(np.float32),
        "yaxis": "y",
        "line": {"color": colour, "dash": dash, "width": 2.5},
        "marker": {"color": colour, "size": 6},
        "hovertemplate": f"epoch %{{x}}: {name} %{{y:.3f}}<extra></extra>",
    }


def _class_lines(run: RunInfo, course: SampleCourse) -> dict[int, str]:
    """The classes that get a line, from the top, with what is written at it; -1: all others."""
    named = [course.given]
    if course.true is not None and course.true not in (-1, course.given):
        named.append(course.true)
    inferred = course.values.get(INFERRED, np.empty(0))
    seen = [*course.prediction.tolist(), *inferred[np.isfinite(inferred)].astype(int).tolist()]
    common = [label for label, _ in Counter(seen).most_common() if label not in named]
    named += common[: CLASSES - len(named)]
    lines = {label: _called(run, course, label) for label in named}
    return lines | {-1: "another class"} if len(common) > CLASSES - 2 else lines


def _called(run: RunInfo, course: SampleCourse, label: int) -> str:
    name = theme.plain(theme.shortened(run.data.class_names[label], 16))
    roles = []
    if label == course.given:
        roles.append("given")
    if label == course.true:
        roles.append("true")
    return f"{name} ({', '.join(roles)})" if roles else name


def _categories(names: dict[int, str]) -> dict[str, Any]:
    order = list(names.values())[::-1]
    return {"type": "category", "categoryarray": order, "range": [-0.6, len(order) - 0.4]}


def _predictions(run: RunInfo, course: SampleCourse, names: dict[int, str]) -> list[dict[str, Any]]:
    other = names.get(-1, "")
    places = np.asarray([names.get(label, other) for label in course.prediction.tolist()], str)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "name": "prediction",
            "mode": "lines",
            "x": course.epochs.astype(np.int32),
            "y": places,
            "yaxis": "y2",
            "line": {"color": theme.MUTED, "width": 1, "shape": "hvh"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]
    classes = np.asarray(run.data.class_names)
    for kind, of in _kinds(course):
        shown = {"color": kind.colour, "symbol": kind.symbol, "size": 10}
        called = [theme.plain(name) for name in classes[course.prediction[of]].tolist()]
        traces.append(
            _marks(course.epochs[of], places[of], kind.title, shown) | {"customdata": called}
        )
    return [*traces, *_inferred(course, names)]


def _kinds(course: SampleCourse) -> list[tuple[Kind, NDArray[np.bool_]]]:
    as_given = course.prediction == course.given
    if course.true is None:
        kinds = [(Kind("as labelled", theme.INK, "circle"), as_given)]
        as_true = np.zeros_like(as_given)
    elif course.true == course.given:
        kinds = [(Kind("as labelled, rightly", theme.CLEAN, "circle"), as_given)]
        as_true = np.zeros_like(as_given)
    else:
        as_true = course.prediction.astype(np.int64) == course.true
        kinds = [
            (Kind("as the wrong label", theme.MISLABELLED, "x"), as_given),
            (Kind("as the true class", theme.RECOVERED, "diamond"), as_true),
        ]
    kinds.append((Kind("as another class", theme.UNKNOWN, "square-open"), ~as_given & ~as_true))
    return [(kind, of) for kind, of in kinds if of.any()]


def _marks(
    epochs: NDArray[np.int64], places: NDArray[np.str_], title: str, marker: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": title,
        "mode": "markers",
        "x": epochs.astype(np.int32),
        "y": places,
        "yaxis": "y2",
        "marker": marker,
        "hovertemplate": f"epoch %{{x}}: predicted %{{customdata}}, {title}<extra></extra>",
    }


def _inferred(course: SampleCourse, names: dict[int, str]) -> list[dict[str, Any]]:
    values = course.values.get(INFERRED)
    if values is None:
        return []
    of = np.isfinite(values)
    other = names.get(-1, "")
    places = np.asarray([names.get(int(label), other) for label in values[of].tolist()], str)
    title = "label inferred by the method"
    ring = {"color": theme.INK, "symbol": "circle-open", "size": 17}
    found = _marks(course.epochs[of], places, title, ring)
    found["hovertemplate"] = f"epoch %{{x}}: %{{y}} is the {title}<extra></extra>"
    return [found]


def _selection(course: SampleCourse) -> list[dict[str, Any]]:
    step = int(np.diff(course.epochs).min()) if len(course.epochs) > 1 else 1
    traces = []
    for title, of, colour, hatch in (
        ("in the selection", course.selected, theme.INK, ""),
        ("left out", ~course.selected, theme.GRID, "/"),
    ):
        if of.any():
            traces.append(
                {
                    "type": "bar",
                    "name": title,
                    "x": course.epochs[of].astype(np.int32),
                    "y": np.ones(int(of.sum()), np.int32),
                    "width": step,
                    "yaxis": "y3",
                    "marker": {
                        "color": colour,
                        "line": {"width": 0},
                        "pattern": {"shape": hatch, "fgcolor": theme.MUTED, "size": 7},
                    },
                    "hovertemplate": f"epoch %{{x}}: {title}<extra></extra>",
                }
            )
    return traces


def _own(course: SampleCourse) -> dict[str, NDArray[np.float16]]:
    return {name: values for name, values in course.values.items() if name != INFERRED}


def _value(
    course: SampleCourse, values: NDArray[np.float16], row: int, name: str
) -> dict[str, Any]:
    style = theme.series_style(row)
    line = _line(course, name, values, style.colour, "solid")
    return line | {"yaxis": f"y{row}", "showlegend": False}
