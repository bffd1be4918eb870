"""Dropout that draws from the run's generator instead of the device's, which all runs share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

_drawn_here = threading.local()


class Dropout(nn.Module):
    """``nn.Dropout`` for networks and methods: each step's draws follow from its place in the run.

    Networks from elsewhere take this one too, or a rate of 0.
    """

    def __init__(self, rate: float = 0.5) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, values: Tensor) -> Tensor:
        """Each value by itself 0 at ``rate``, the others divided by 1 - rate; eval: unchanged."""
        if not self.training or not self.rate:
            return values
        generator = getattr(_drawn_here, "generator", None)
        drawn = torch.rand(values.shape, generator=generator, device=values.device)
        return values * (drawn >= self.rate) / (1 - self.rate)


@contextmanager
def dropout_from(generator: torch.Generator) -> Iterator[None]:
    """Dropout of this thread draws from ``generator`` inside."""
    _drawn_here.generator = generator
    try:
        yield
    finally:
        _drawn_here.generator = None
