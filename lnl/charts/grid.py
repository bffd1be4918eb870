"""Small multiples: one panel a run in one figure, folding into fewer columns on narrow screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import plotly.graph_objects as go

from lnl.charts import legend, theme
from lnl.errors import BadInput
from lnl.findings import RunRecords

MOST = 8  # panels in a figure
_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4}
_NUMBERS = 58  # pixels that the numbers of a vertical axis need
_GAP_X, _TOP, _BOTTOM = 0.05, 54, 48  # share of the width; pixels for the title, the axis title
LINE = 22  # pixels of a line of text


@dataclass(frozen=True)
class Axes:
    """What all panels share: the axes' settings, their titles, the height of a plot."""

    x: Mapping[str, Any]
    y: Mapping[str, Any]
    x_title: str
    y_title: str
    height: int = 250  # pixels
    least: int = 0  # pixels below which a plot cannot be read, where it takes more than a curve
    same_y: bool = True  # one range for all panels, zoomed together
    width: int = 310  # pixels that a panel needs
    lines: int = 0  # of text between the title and the plot
    more_below: int = 0  # pixels under the plot, for long labels
    scale: int = 0  # pixels of a colour scale under the plots
    columns: tuple[str, str] | None = None  # of a table of the figure, where not the axes' titles


@dataclass
class Sheet:
    """A figure in the making: plain dicts, which plotly checks in the tests alone.

    Checked here, a board of six runs would take three times as long: 44 ms against 14 a figure.

    ``uirevision`` names what is drawn: zoom and hidden entries last while it stays the same.
    Raises BadInput if there are no runs, or more than one figure can hold.
    """

    runs: list[RunRecords]
    axes: Axes
    uirevision: str
    titles: tuple[str, ...] = ()  # of the panels, where they are not the names of their runs
    hints: dict[int, list[str]] = field(default_factory=dict)  # by panel: more on its title's hover
    data: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not 1 <= len(self.runs) <= MOST:
            raise BadInput(f"a figure shows 1 to {MOST} runs, got {len(self.runs)}; choose fewer")

    def panels(self) -> list[Panel]:
        """One for each run."""
        return [Panel(self, run, number) for number, run in enumerate(self.runs, 1)]

    def figure(self, **layout: Any) -> go.Figure:
        """The finished figure.

        ``layout.meta["arrange"]`` lists, from wide to narrow, ``{"width", "layout", "rows"}``: what
        to change in the layout where the figure has at least so many pixels, and how its plots
        stand, for a viewer that gives it another height; what else ``meta`` has stands beside it.
        """
        count = len(self.runs)
        arrange = arrangements(count, self.axes, legend.entries(self.data + self.shapes))
        titles = self.axes.columns or (self.axes.x_title, self.axes.y_title)
        meta = theme.columns(*titles) | layout.pop("meta", {})
        whole = theme.layout(self.uirevision) | layout | {"meta": meta}
        whole |= {
            "shapes": self.shapes,
            "annotations": [panel.title() for panel in self.panels()] + self.annotations,
        }
        for panel in self.panels():
            whole |= panel.axes()
        return go.Figure({"data": self.data, "layout": widest(whole, arrange)}, _validate=False)


def arrangements(count: int, axes: Axes, names: Sequence[str]) -> list[dict[str, Any]]:
    """Where plots stand, from wide to narrow: each a ``{"width": pixels, "layout": changes}``.

    ``names`` are the entries of the legend.
    """
    most = _COLUMNS[count]
    found: list[dict[str, Any]] = []
    for width in sorted({*legend.WIDTHS, *(axes.width * n for n in range(2, most + 1))})[::-1]:
        columns = max(1, min(most, width // axes.width))
        layout = _arranged(count, axes, columns, legend.height(names, width))
        if found and found[-1]["layout"] == layout:
            found[-1]["width"] = width
        else:
            found.append({"width": width, "layout": layout, "rows": _rows(count, axes, columns)})
    return found


def _rows(count: int, axes: Axes, columns: int) -> dict[str, int]:
    """Rows and columns of plots, the pixels over and under each, and what each needs at least."""
    above, below = _TOP + LINE * axes.lines, _BOTTOM + axes.more_below
    return {
        "count": ceil(count / columns),
        "columns": columns,
        "above": above,
        "below": below,
        "least": axes.least,
    }


def widest(layout: dict[str, Any], arrange: list[dict[str, Any]]) -> dict[str, Any]:
    """The layout as it is where there is most room; its ``meta`` has the other arrangements."""
    changed = {
        key: layout[key] | change if isinstance(change, dict) else change
        for key, change in arrange[0]["layout"].items()
    }
    return layout | changed | {"meta": layout.get("meta", {}) | {"arrange": arrange}}


def below(axes: Axes, suffix: str, **more: Any) -> dict[str, Any]:
    """A horizontal axis: its labels have room, of which plotly would keep as much again."""
    return theme.axis(anchor=f"y{suffix}", automargin=False, **axes.x, **more)


def _arranged(count: int, axes: Axes, columns: int, under: int) -> dict[str, Any]:
    rows = _rows(count, axes, columns)
    above = rows["above"]
    row_height = axes.height + above + rows["below"]
    total = rows["count"] * row_height
    # numbers of its own stand left of each plot, and the narrowest figure must have room for them
    gap = _GAP_X if axes.same_y else max(_GAP_X, _NUMBERS / (columns * axes.width))
    width = (1 - gap * (columns - 1)) / columns
    patch = legend.below(max(under, axes.scale), total)
    for place in range(count):
        row, column = divmod(place, columns)
        left, top = column * (width + gap), 1 - (row * row_height + above) / total
        suffix = "" if place == 0 else str(place + 1)
        patch[f"xaxis{suffix}"] = {
            "domain": [left, left + width],
            "title": theme.axis_title(axes.x_title if place + columns >= count else ""),
        }
        patch[f"yaxis{suffix}"] = {
            "domain": [max(0.0, top - axes.height / total), top],
            "title": theme.axis_title(axes.y_title if column == 0 else ""),
            "showticklabels": column == 0 or not axes.same_y,
        }
    return patch


class Panel:
    """The place of one run on a sheet."""

    def __init__(self, sheet: Sheet, run: RunRecords, number: int) -> None:
        self.sheet, self.run, self.number = sheet, run, number
        self.suffix = "" if number == 1 else str(number)

    def axes(self) -> dict[str, Any]:
        """The layout of the two axes; all but the first panel follow the first."""
        axes = self.sheet.axes
        x_match = {"matches": "x"} if self.suffix else {}
        y_match = {"matches": "y"} if self.suffix and axes.same_y else {}
        return {
            f"xaxis{self.suffix}": below(axes, self.suffix, **x_match),
            f"yaxis{self.suffix}": theme.axis(anchor=f"x{self.suffix}", **axes.y, **y_match),
        }

    def title(self) -> dict[str, Any]:
        """The run's name as an annotation, in its method's colour, or the panel's own title."""
        methods = [run.info.spec.method for run in self.sheet.runs]
        colour = theme.method_style(self.run.info.spec.method, methods).colour
        name = self.run.info.name
        if self.sheet.titles:
            name, colour = self.sheet.titles[self.number - 1], theme.INK
        return self._refs(
            {
                "text": f"<b>{theme.plain(theme.shortened(name, 34))}</b>",
                "hovertext": "<br>".join(
                    [theme.plain(name), *self.sheet.hints.get(self.number, ())]
                ),
                "font": {"size": theme.FONT_SIZE + 2, "color": colour},
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "bottom",
                "yshift": 24 + LINE * self.sheet.axes.lines,
                "showarrow": False,
            }
        )

    def line(self, place: int, text: str, colour: str = theme.MUTED, whole: str = "") -> None:
        """A line of text above the plot, ``place`` 0 the upper; ``whole``: more of it on hover."""
        shift = 24 + LINE * (self.sheet.axes.lines - 1 - place)
        font = {"size": theme.FONT_SIZE, "color": colour}
        where = {"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": shift}
        self.text(text, **where, font=font, hovertext=whole or text)

    def trace(self, name: str, first: bool, **more: Any) -> None:
        """A trace; hiding an entry of the legend hides it in every panel."""
        self.sheet.data.append(
            {
                "name": name,
                "legendgroup": name,
                "showlegend": first,
                "uid": f"{self.run.info.id}-{name}",
                "meta": self.run.info.name,
                "xaxis": f"x{self.suffix}",
                "yaxis": f"y{self.suffix}",
                **more,
            }
        )

    def text(self, text: str, **more: Any) -> None:
        """An annotation; ``x``, ``y`` are shares of the plot, or data where ``xref="data"``."""
        self.sheet.annotations.append(
            {
                "text": text,
                "showarrow": False,
                "font": {"size": theme.FONT_SIZE, "color": theme.MUTED},
                **self._refs(more),
            }
        )

    def shape(self, name: str, **more: Any) -> None:
        """A line or rectangle; places as for ``text``."""
        self.sheet.shapes.append({"name": name, **self._refs(more)})

    def upright(
        self, name: str, x: float, colour: str = theme.INK, dash: str = "dash", **more: Any
    ) -> None:
        """A vertical line through the plot."""
        line = {"color": colour, "width": 1.5, "dash": dash}
        place = {"x0": x, "x1": x, "y0": 0, "y1": 1, "xref": "data"}
        self.shape(name, type="line", line=line, **(place | more))

    def note(self, text: str) -> None:
        """A muted line in the middle of an empty panel."""
        # without a trace, plotly would leave out the axes of the panel
        self.trace("empty", first=False, type="scatter", x=[None], y=[None], hoverinfo="skip")
        self.text(text, x=0.5, y=0.5, xanchor="center", yanchor="middle")

    def _refs(self, more: dict[str, Any]) -> dict[str, Any]:
        refs = {}
        for letter in "xy":
            axis = f"{letter}{self.suffix}"
            in_data = more.get(f"{letter}ref") == "data"
            refs[f"{letter}ref"] = axis if in_data else f"{axis} domain"
        return more | refs
