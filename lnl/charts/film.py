"""A figure at many epochs: whole at the first of them, and of all others what differs.

A film is plain JSON: ``figure``, and ``tracks`` that say how it changes. A track has the ``path``
of a value in the figure, its different ``values``, and ``at``: which of them each frame has. What
draws a film is the figure code of the app, so a replay shows what the app shows.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts.curves import LOOKED_AT
from lnl.charts.map_points import CUSTOM

Film = dict[str, Any]
Path = tuple[str | int, ...]


def film(figures: Sequence[go.Figure]) -> Film:
    """One frame a figure; figures of the same kind differ little."""
    return _film([json.loads(figure.to_json()) for figure in figures])


def marked_film(figure: go.Figure, epochs: Sequence[int]) -> Film:
    """One frame an epoch, for curves over the epochs: the line at the one looked at moves."""
    frame = json.loads(figure.to_json())
    lines = [n for n, s in enumerate(frame["layout"]["shapes"]) if s["name"] == LOOKED_AT]
    ends = [("layout", "shapes", line, end) for line in lines for end in ("x0", "x1")]
    return {"figure": frame, "tracks": [_track(path, list(epochs)) for path in ends]}


@dataclass
class Places:
    """Where the points of feature maps lie, by their place in the probe: kept once for all films.

    Of each panel, by the name of its horizontal axis, the map in each frame.
    """

    panels: dict[str, list[str | None]] = field(default_factory=dict)

    def tracks(self) -> dict[str, dict[str, Any]]:
        """As JSON: of each panel a track of [P, 2] int16, base64; None where there is no map."""
        return {axis: _track((), values) for axis, values in self.panels.items()}


def map_film(figures: Sequence[go.Figure], places: Places) -> Film:
    """A film of ``feature_maps`` whose traces have ``rows`` in ``places`` instead of x and y.

    ``places`` is filled; a second film of the same maps in other colours needs no more of them.
    """
    frames = [json.loads(figure.to_json()) for figure in figures]
    for number, frame in enumerate(frames):
        points: dict[str, list[NDArray[Any]]] = {}
        for trace in frame["data"]:
            trace["type"] = "scatter"  # the library of a page without a server has no WebGL
            if "customdata" in trace:
                rows = _array(trace.pop("customdata"))[::CUSTOM]
                x, y = (_array(trace.pop(letter)) for letter in "xy")
                points.setdefault(trace["xaxis"], []).append(np.stack([rows, x, y]))
                trace["rows"] = _base64(rows)
        for axis, parts in points.items():
            rows, *where = np.concatenate(parts, axis=1)
            panel = places.panels.setdefault(axis, [None] * len(frames))
            panel[number] = _base64(np.stack(where, axis=1)[rows.argsort()])
    return _film(frames)


def _film(frames: Sequence[Any]) -> Film:
    return {"figure": frames[0], "tracks": list(_tracks((), frames))}


def _tracks(path: Path, values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """What changes, as deep in the figure as its structure stays."""
    first = values[0]
    if all(value == first for value in values):
        return
    if all(isinstance(value, dict) and value.keys() == first.keys() for value in values):
        for key in first:
            yield from _tracks((*path, key), [value[key] for value in values])
    elif all(isinstance(value, list) and len(value) == len(first) for value in values):
        for place in range(len(first)):
            yield from _tracks((*path, place), [value[place] for value in values])
    else:
        yield _track(path, values)


def _track(path: Path, values: Sequence[Any]) -> dict[str, Any]:
    different: dict[str, int] = {}
    at = [different.setdefault(json.dumps(value), len(different)) for value in values]
    return {"path": path, "values": [json.loads(text) for text in different], "at": at}


def _array(sent: dict[str, str]) -> NDArray[Any]:
    """An array as plotly writes it into JSON."""
    return np.frombuffer(base64.b64decode(sent["bdata"]), np.dtype(sent["dtype"]))


def _base64(array: NDArray[Any]) -> str:
    return base64.b64encode(array.astype("<i2").tobytes()).decode()
