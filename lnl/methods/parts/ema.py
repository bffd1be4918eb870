"""A teacher network: the running average of a student's weights."""

import torch
from torch import Tensor, nn


@torch.no_grad()
def follow(teacher: nn.Module, student: nn.Module, momentum: float | Tensor) -> None:
    """θ* <- a θ* + (1 - a) θ for parameters; buffers (batch norm's statistics) are copied.

    Averaged weights under statistics of their own would never fit each other in eval mode.
    """
    own_weights: list[Tensor] = list(teacher.parameters())
    weights: list[Tensor] = list(student.parameters())
    if isinstance(momentum, Tensor):  # one that lies on the device
        away = torch._foreach_sub(weights, own_weights)
        torch._foreach_mul_(away, 1 - momentum)
        torch._foreach_add_(own_weights, away)
    else:
        torch._foreach_lerp_(own_weights, weights, 1 - momentum)
    for own, other in zip(teacher.buffers(), student.buffers(), strict=True):
        own.copy_(other)
