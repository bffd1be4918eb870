"""Curves made calmer: a moving average that forgets the past at a steady rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def smoothed(values: Iterable[float], weight: float) -> Iterator[float]:
    """The exponential moving average; ``weight`` of the past in [0, 1), 0 changes nothing.

    Started at zero and divided by the weights so far, 1 - weight^t, so that the first values are
    not drawn towards zero (Adam's bias correction; TensorBoard smooths in this way).
    """
    average, past = 0.0, 1.0
    for value in values:
        average = weight * average + (1 - weight) * value
        past *= weight
        yield average / (1 - past)
