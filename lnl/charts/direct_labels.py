"""Names at the ends of lines, and beside bars, instead of a legend: for a lecture hall.

From the last row nobody looks a colour up. Each line is named once, in the plot in which its end is
furthest from the others; bars in every plot, above the clean and below the mislabelled.
"""

from __future__ import annotations

from math import isfinite, log10
from typing import Any

from lnl.charts import legend, theme

MOST = 6  # names that can stand at lines
_LONG = 16  # letters that fit beside bars
_LONG_LINE = 24  # letters of a name that hides no curves
_LINE = 0.14  # share of a plot's height that a name takes
_ROOM = 0.5  # share of a plot's width: an end further right has its name on its left


def labelled(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure with direct labels, where its legend can do without the names.

    A legend of areas, of points, of more than ``MOST`` lines or of long names stays as it is.
    """
    data, layout = figure["data"], figure["layout"]
    named: dict[str, list[dict[str, Any]]] = {}
    for trace in data:
        named.setdefault(trace.get("name", ""), []).append(trace)
    shown = {trace["name"] for trace in data if trace.get("showlegend")}
    lines = {name for name in shown if all(map(_is_line, named[name]))}
    bars = {name for name in shown if all(trace.get("type") == "bar" for trace in named[name])}
    notes: list[dict[str, Any]] = []
    told: set[str] = set()
    if lines and len(lines) <= MOST and all(len(name) <= _LONG_LINE for name in lines):
        notes += _at_ends([t for t in data if t.get("name") in lines and _end(t)], layout)
        told |= lines
    if bars and all(len(name) <= _LONG for name in bars):
        notes += [_beside(trace, layout) for trace in data if trace.get("name") in bars]
        told |= bars
    if not told:
        return figure
    traces = [t | {"showlegend": False} if t.get("name") in told else t for t in data]
    annotations = [*(layout.get("annotations") or ()), *notes]
    rest = legend.entries([*traces, *(layout.get("shapes") or ())])
    return {"data": traces, "layout": _lower(layout | {"annotations": annotations}, rest)}


def _is_line(trace: dict[str, Any]) -> bool:
    filled = trace.get("stackgroup") or trace.get("fill")
    return trace.get("type") == "scatter" and "lines" in trace.get("mode", "") and not filled


def _end(trace: dict[str, Any]) -> tuple[float, float] | None:
    """The last point of a line that has one."""
    points = [(float(x), float(y)) for x, y in zip(trace["x"], trace["y"], strict=True)
              if x is not None and y is not None and isfinite(y)]  # fmt: skip
    return points[-1] if points else None


def _axis(trace: dict[str, Any], letter: str, layout: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = layout[f"{letter}axis{trace.get(f'{letter}axis', letter)[1:]}"]
    return found


def _range(trace: dict[str, Any], layout: dict[str, Any], ends: list[_End]) -> tuple[float, float]:
    """From where to where a vertical axis goes, in its own units."""
    low, high = _axis(trace, "y", layout).get("range") or (None, None)
    if low is not None and high is not None:
        return float(low), float(high)
    values = [0.0, *(end.y for end in ends)]
    return min(values), max(max(values), min(values) + 1e-9)


def _at_ends(traces: list[dict[str, Any]], layout: dict[str, Any]) -> list[dict[str, Any]]:
    """A note for each name, where its line's end stands freest; none over another."""
    plots: dict[str, list[_End]] = {}
    for trace in traces:
        plots.setdefault(trace.get("yaxis", "y"), []).append(_End(trace, layout))
    for ends in plots.values():
        low, high = _range(ends[0].trace, layout, ends)
        for end in ends:
            others = [abs(end.y - other.y) for other in ends if other is not end]
            end.line, end.top = _LINE * (high - low), high
            end.free = min(others, default=high - low) / (high - low)
    best: dict[str, _End] = {}
    for end in (end for ends in plots.values() for end in ends):
        if end.name not in best or end.free > best[end.name].free:
            best[end.name] = end
    return [note for ends in plots.values()
            for note in _apart([end for end in ends if best[end.name] is end])]  # fmt: skip


class _End:
    """The end of a line, on whatever scale its axis has."""

    line = top = 0.0  # of the plot, in its axis' units: the height of a name, and of the whole
    free = 0.0  # share of the plot's height to the nearest other end

    def __init__(self, trace: dict[str, Any], layout: dict[str, Any]) -> None:
        self.trace, self.name = trace, trace["name"]
        x, y = _end(trace) or (0.0, 0.0)
        logarithmic = _axis(trace, "y", layout).get("type") == "log"
        self.x, self.y = x, log10(max(y, 1e-12)) if logarithmic else y
        low, high = _axis(trace, "x", layout).get("range") or (0, max(self.x, 1))
        self.late = (self.x - low) / max(high - low, 1e-9) > _ROOM

    def note(self, y: float) -> dict[str, Any]:
        """The name, at the height ``y``."""
        side = {"xanchor": "right", "xshift": -4} if self.late else {"xanchor": "left", "xshift": 6}
        return _note(self.trace, self.name, self.trace["line"]["color"]) | {
            "x": self.x,
            "y": y,
            "xref": self.trace.get("xaxis", "x"),
            "yref": self.trace.get("yaxis", "y"),
            "yanchor": "middle",
            **side,
        }


def _apart(ends: list[_End]) -> list[dict[str, Any]]:
    """Names of the same plot above their ends, a line between each two, none above the plot."""
    rising, floor = [], -float("inf")
    for end in sorted(ends, key=lambda end: end.y):
        height = max(end.y + end.line / 2, floor)
        floor = height + end.line
        rising.append((end, height))
    notes, ceiling = [], float("inf")
    for end, height in reversed(rising):
        height = min(height, ceiling, end.top - end.line / 2)
        ceiling = height - end.line
        notes.append(end.note(height))
    return notes


def _beside(trace: dict[str, Any], layout: dict[str, Any]) -> dict[str, Any]:
    """The name of a group of bars, in the middle of its plot, at the end to which they grow."""
    down = min(map(float, trace["y"]), default=0.0) < 0
    plain = trace["marker"]["color"]
    colour = plain if isinstance(plain, str) else theme.INK
    return _note(trace, trace["name"], colour) | {
        "x": 0.5,
        "y": 0 if down else 1,
        "xref": f"{trace.get('xaxis', 'x')} domain",
        "yref": f"{trace.get('yaxis', 'y')} domain",
        "xanchor": "center",
        "yanchor": "bottom" if down else "top",
    }


def _note(trace: dict[str, Any], text: str, colour: str) -> dict[str, Any]:
    return {
        "text": f"<b>{text}</b>",
        "name": f"label {text}",
        "showarrow": False,
        "font": {"size": theme.FONT_SIZE, "color": colour},
        "bgcolor": theme.tint(theme.PAPER, 0.6),
        "borderpad": 0,
    }


def _lower(layout: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The layout with the room that a legend of these names needs, in each arrangement."""
    meta = layout.get("meta", {})
    arrange = [
        choice | {"layout": choice["layout"] | _under(choice["layout"], names, choice["width"])}
        for choice in meta.get("arrange", ())
    ]
    if not arrange:
        return layout
    changed = {key: arrange[0]["layout"][key] for key in ("height", "margin", "legend")}
    margin, entries = layout["margin"] | changed["margin"], layout["legend"] | changed["legend"]
    return layout | {
        "height": changed["height"],
        "margin": margin,
        "legend": entries,
        "meta": meta | {"arrange": arrange},
    }


def _under(layout: dict[str, Any], names: list[str], width: int) -> dict[str, Any]:
    total = layout["height"] - layout["margin"]["b"]
    return legend.below(legend.height(names, width), total)
