"""What a feature map shows of each sample, and what its colours can stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lnl.records import FeatureMap

Colour = Literal["mislabelled", "given label", "true label", "prediction", "confidence", "cluster"]
MOST_CLASSES = 10  # in colours of their own
OTHERS = -1

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class UnseenPoints:
    """Test images on a run's map, and what the run makes of them; arrays are [T]."""

    places: NDArray[np.floating[Any]]  # [T, 2], where the map has them
    true: Ints  # their classes
    prediction: Ints
    confidence: NDArray[np.floating[Any]]  # in their classes


@dataclass(frozen=True)
class ProbePoints:
    """A run's map at an epoch, and what is known of its samples; arrays are [P]."""

    found: FeatureMap
    fingerprint: str
    reach: float  # the largest coordinate on any map of the run
    given: Ints
    groups: Ints  # 0 clean, 1 mislabelled, 2 open-set, 3 unknown
    true: Ints | None = None  # None: unknown, or hidden
    prediction: Ints | None = None  # None: not kept of this epoch
    confidence: NDArray[np.floating[Any]] | None = None
    cluster: NDArray[np.floating[Any]] | None = None
    unseen: UnseenPoints | None = None  # None: not asked for, or not kept


@dataclass(frozen=True)
class MapOptions:
    """What the colours say."""

    colour: Colour = "mislabelled"
    classes: tuple[int, ...] = ()  # in colours of their own; none: the most frequent ten


def colours(points: list[ProbePoints]) -> list[Colour]:
    """What the samples can be coloured by; not by what nobody knows, or may know."""
    found: list[Colour] = []
    if any((each.groups != 3).any() for each in points):
        found.append("mislabelled")
    found.append("given label")
    if any(each.true is not None for each in points):
        found.append("true label")
    if any(each.prediction is not None for each in points):
        found += ["prediction", "confidence"]
    if any(each.cluster is not None for each in points):
        found.append("cluster")
    return found


def shown_categories(points: list[ProbePoints], options: MapOptions) -> list[int]:
    """The classes, clusters or groups in colours of their own; others are grey."""
    if options.colour == "confidence":
        return []
    values = [categories(each, options.colour) for each in points]
    numbers = np.concatenate([np.empty(0, np.int64), *(v for v in values if v is not None)])
    known, counts = np.unique(numbers[numbers >= 0], return_counts=True)
    if options.classes and options.colour != "cluster":
        return sorted(set(options.classes) & set(known.tolist()))[:MOST_CLASSES]
    most = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
    return sorted(known[most].tolist())


def categories(points: ProbePoints, colour: Colour) -> NDArray[np.int64] | None:
    """Of each sample what its colour stands for [P], OTHERS where unknown; None: of no sample."""
    found: NDArray[Any] | None = {
        "mislabelled": points.groups,
        "given label": points.given,
        "true label": points.true,
        "prediction": points.prediction,
        "cluster": points.cluster,
    }.get(colour)
    if found is None:
        return None
    return np.nan_to_num(np.asarray(found, np.float64), nan=OTHERS).astype(np.int64)


def unseen_categories(points: UnseenPoints, colour: Colour) -> Ints | None:
    """Of each test image what its colour stands for [T]; None: nobody gave it such a label."""
    return {"true label": points.true, "prediction": points.prediction}.get(colour)
