"""Learning rates over a stage, and over a part of a longer schedule."""

import math

from lnl.methods.interface import Value


def cosine(start: float, end: float) -> Value:
    """end + (start - end) (1 + cos(π progress)) / 2: from ``start`` down to near ``end``."""
    return lambda progress: end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
