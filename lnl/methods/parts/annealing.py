"""Learning rates over a stage, and over a part of a longer schedule."""

import math

from lnl.methods.interface import Value


def cosine(start: float, end: float) -> Value:
    """end + (start - end) (1 + cos(π progress)) / 2: from ``start`` down to near ``end``."""
    return lambda progress: end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


def part_of(whole: Value, first: int, last: int, total: int) -> Value:
    """What a schedule of ``total`` epochs says from its epoch ``first`` to ``last``."""
    if not callable(whole):
        return whole
    # Rounded: a milestone such as 120 of 300 must not be missed by the last digit.
    return lambda progress: whole(round((first + progress * (last - first)) / total, 9))
