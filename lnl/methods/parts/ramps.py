"""How a weight rises from 0 to 1, over a share of a stage or over a number of steps."""

import math

import torch
from torch import Tensor


def linear(done: float, length: float) -> float:
    """min(done / length, 1); 1 where the length is 0."""
    return min(done / length, 1.0) if length else 1.0


def sigmoid(done: float, length: float) -> float:
    """exp(-5 (1 - min(done / length, 1))²): from 0.0067 to 1, most steeply in the middle.

    Source: Tarvainen & Valpola, NeurIPS 2017, as ELR+ uses it.
    """
    return math.exp(-5 * (1 - linear(done, length)) ** 2)


def sigmoid_of(steps: Tensor, length: float) -> Tensor:
    """The same for a count that lies on the device, a scalar."""
    if not length:
        return torch.ones_like(steps, dtype=torch.float32)
    return torch.exp(-5 * (1 - (steps / length).clamp(max=1)).square())
