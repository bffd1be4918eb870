"""How alike two lists order the same things."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import StatisticsError, correlation


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's, in [-1, 1]; ties share their mean rank. None where one list has no order.

    Source: Spearman, The American Journal of Psychology 15, 1904.
    """
    try:
        return correlation(_ranks(first), _ranks(second))
    except StatisticsError:  # fewer than two values, or all of them equal
        return None


def _ranks(values: Sequence[float]) -> list[float]:
    return [(sum(v < x for v in values) + sum(v <= x for v in values) + 1) / 2 for x in values]
