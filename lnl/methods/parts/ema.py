"""A teacher network: the running average of a student's weights."""

import torch
from torch import nn


@torch.no_grad()
def follow(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """θ* <- a θ* + (1 - a) θ for parameters; buffers (batch norm's statistics) are copied.

    Averaged weights under statistics of their own would never fit each other in eval mode.
    """
    torch._foreach_lerp_(list(teacher.parameters()), list(student.parameters()), 1 - momentum)
    for own, other in zip(teacher.buffers(), student.buffers(), strict=True):
        own.copy_(other)
