"""What all curves over the epochs share: a line, the stages behind it, the epochs marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.grid import Axes, Panel, Sheet
from lnl.findings import RunRecords, spelled
from lnl.findings.summary import Phases
from lnl.findings.verdict import phases_of
from lnl.records import EpochRecord

TOP = 1.12  # of an axis of shares: room for a line of text that no curve can cross
LOW_TOP = 1.24  # the same where plots are low: no higher than the next tick
MANY = 40  # epochs; longer curves go without markers
NARROW = 21  # letters that fit over the narrowest plot
ONSET = "memorising starts"
LOOKED_AT = "epoch looked at"


@dataclass(frozen=True)
class Curve:
    """A line over the epochs."""

    name: str
    value: Callable[[EpochRecord], float | None]
    colour: str
    dash: str
    marker: str = "circle"
    width: float = 2.5
    blind: bool = True  # drawn also where true labels are unknown
    trained: bool = False  # known of every epoch, evaluated or not
    digits: str = ""  # how a value is printed on hover, as in "{y:digits}"


def numbers(epochs: Sequence[int]) -> NDArray[np.integer[Any]]:
    """Epochs as an array of the fewest bytes: they are sent with every curve."""
    return np.asarray(epochs, np.int16 if max(epochs) < 2**15 else np.int32)


def ids(runs: Iterable[RunRecords]) -> str:
    """Names the runs of a figure."""
    return ",".join(run.info.id for run in runs)


def epochs_axis(runs: Sequence[RunRecords]) -> dict[str, Any]:
    """As long as the longest schedule, from the start."""
    last = max(max(run.info.epochs, run.info.last_epoch, 1) for run in runs)
    return theme.epochs_range(last)


def over_epochs(
    runs: list[RunRecords], curves: Sequence[Curve], axes: Axes, epoch: int | None, what: str
) -> Sheet:
    """A sheet with these curves, the stages, the onset and the epoch looked at."""
    sheet = Sheet(runs, axes, f"{what}:{ids(runs)}")
    named: set[str] = set()
    for panel in sheet.panels():
        stages(panel)
        before = len(sheet.data)
        blind = panel.run.info.data.clean_rate is None
        for curve in curves:
            if curve.blind or not blind:
                line(panel, curve, named)
        if curves and len(sheet.data) == before:
            panel.note(unknown(panel.run) if panel.run.records else "no finished epoch yet")
        onset(panel, phases_of(panel.run))
        marked(panel, epoch)
    return sheet


def unknown(run: RunRecords) -> str:
    """Why a run has no such numbers, though it has epochs."""
    return "nothing is mislabelled" if run.info.data.actual_noise_rate == 0 else "nothing known"


def line(panel: Panel, curve: Curve, named: set[str]) -> None:
    """The curve, as far as its values are known."""
    points = [(r.epoch, curve.value(r)) for r in panel.run.records if curve.trained or r.evaluated]
    known = [(e, value) for e, value in points if value is not None and np.isfinite(value)]
    if not known:
        return
    epochs, values = zip(*known, strict=True)
    panel.trace(
        curve.name,
        first=curve.name not in named,
        type="scatter",
        mode="lines+markers" if len(known) <= MANY else "lines",
        x=numbers(epochs),
        y=np.asarray(values, np.float32),
        line={"color": curve.colour, "dash": curve.dash, "width": curve.width},
        marker={"color": curve.colour, "symbol": curve.marker, "size": 6},
        hovertemplate=f"epoch %{{x}}: %{{y{curve.digits}}}<extra>{curve.name}</extra>",
    )
    named.add(curve.name)


def level(panel: Panel, name: str, value: float, dash: str, named: set[str] | None = None) -> None:
    """A horizontal line over the whole schedule; with ``named`` it has an entry in the legend."""
    panel.trace(
        name,
        first=named is not None and name not in named,
        type="scatter",
        mode="lines",
        x=list(panel.sheet.axes.x["range"]),
        y=[value, value],
        line={"color": theme.MUTED, "dash": dash, "width": 2},
        hovertemplate=f"{name}: {value:.1%}<extra></extra>",
    )
    if named is not None:
        named.add(name)


def stages(panel: Panel) -> None:
    """The stages by name, every other one shaded; nothing where there is one."""
    spans = panel.run.info.stages
    if len(spans) < 2:
        return
    for stage in spans[::2]:
        place = {"x0": stage.first - 0.5, "x1": stage.last + 0.5, "xref": "data"}
        rectangle(panel, f"stage {stage.name}", theme.SHADE, **place)
    names = [theme.plain(spelled(stage.name)) for stage in spans]
    if not _fit(panel, names):
        panel.text(", ".join(names), x=0, y=1, xanchor="left", yanchor="bottom")
        return
    for stage, name in zip(spans, names, strict=True):
        middle = (stage.first + stage.last) / 2
        panel.text(name, x=middle, y=1, xref="data", yanchor="bottom")


def _fit(panel: Panel, names: Sequence[str]) -> bool:
    """Whether each name fits over its stage, in the narrowest panel."""
    start, end = panel.sheet.axes.x["range"]
    letters = NARROW / (end - start)
    spans = panel.run.info.stages
    lengths = ((stage.last - stage.first + 1) * letters for stage in spans)
    return all(len(name) + 1 <= room for name, room in zip(names, lengths, strict=True))


def rectangle(panel: Panel, name: str, colour: str, **place: Any) -> None:
    """A filled part of the plot, the whole of it where ``place`` does not say."""
    whole = {"x0": 0, "x1": 1, "y0": 0, "y1": 1}
    panel.shape(
        name, type="rect", layer="below", line={"width": 0}, fillcolor=colour, **(whole | place)
    )


def onset(panel: Panel, phases: Phases) -> None:
    """A line at the epoch since which wrong labels are memorised; panels say so on hover."""
    if phases.onset is None:
        return
    name = f"{ONSET} (estimated)" if phases.estimated else ONSET
    # no higher than the curves: above them stands text
    panel.upright(name, phases.onset, theme.MISLABELLED, "longdashdot", y1=1 / TOP)


def marked(panel: Panel, epoch: int | None) -> None:
    """A line at the epoch looked at."""
    if epoch is not None:
        panel.upright(LOOKED_AT, epoch, theme.MUTED, "solid")


def shares(runs: Sequence[RunRecords], y_title: str, **more: Any) -> Axes:
    """Axes of epochs against a share in [0, 1]."""
    axis = {"range": [0, TOP], "tickformat": ".0%", "dtick": 0.25}
    return Axes(x=epochs_axis(runs), y=axis, x_title="epoch", y_title=y_title, **more)


def loss_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Every named loss term, averaged over each epoch's steps; each panel on its own scale."""
    terms = sorted({term for run in runs for record in run.records for term in record.losses})
    curves = [_series(term, place, "losses") for place, term in enumerate(terms)]
    return _scaled(runs, curves, "loss", epoch)


def learning_rate_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """The learning rate of each optimiser, as it was at the end of each epoch."""
    names = {name for run in runs for record in run.records for name in record.learning_rates}
    series = enumerate(sorted(names))
    curves = [_series(name, place, "learning_rates") for place, name in series]
    return _scaled(runs, curves, "learning rate", epoch)


def time_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Seconds of each epoch, split into training and evaluation; one scale for all."""
    curves = [
        Curve("training passes", lambda r: r.seconds, theme.INK, "solid", trained=True),
        Curve("evaluation", lambda r: r.evaluation_seconds, theme.MUTED, "dash", "square"),
    ]
    return _scaled(runs, curves, "seconds an epoch", epoch, same_y=True)


def throughput_curves(runs: list[RunRecords], epoch: int | None = None) -> go.Figure:
    """Images a second in the training passes; one scale for all."""
    curve = Curve(
        "images a second",
        lambda r: r.images_per_second,
        theme.INK,
        "solid",
        trained=True,
        digits=":,.0f",
    )
    return _scaled(runs, [curve], "images a second", epoch, same_y=True)


def _series(name: str, place: int, field: str) -> Curve:
    style = theme.series_style(place)
    title = theme.plain(spelled(name))
    return Curve(
        title, lambda r: getattr(r, field).get(name), style.colour, style.dash, trained=True
    )


def _scaled(
    runs: list[RunRecords],
    curves: Sequence[Curve],
    title: str,
    epoch: int | None,
    same_y: bool = False,
) -> go.Figure:
    axes = Axes(
        x=epochs_axis(runs),
        y={"rangemode": "tozero", "nticks": 6},
        x_title="epoch",
        y_title=title,
        same_y=same_y,
    )
    return over_epochs(runs, curves, axes, epoch, title).figure()
