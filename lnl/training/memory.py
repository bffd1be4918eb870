"""When memory runs out: torch says so in several ways, a person is told in one."""

from __future__ import annotations

import gc

import torch

from lnl.errors import RunFailed
from lnl.training.placement import Placement

# Of the CPU's allocator; of CUDA's, its driver and its pinned memory; of cuBLAS and cuDNN.
SIGNS = ("can't allocate memory", "out of memory", "ALLOC_FAILED")


def shortage(error: RuntimeError | MemoryError) -> str:
    """The line of ``error`` that says that memory ran out; "" if it says something else."""
    lines = str(error).splitlines()
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return lines[0] if lines else "out of memory"
    return next((line for line in lines if any(sign in line for sign in SIGNS)), "")


def no_memory(problem: str, where: str, placement: Placement, batch_size: int) -> RunFailed:
    """What to say of a ``shortage``; frees what is left over from it.

    Call it outside the except block, whose traceback keeps the tensors alive.
    """
    gc.collect()
    if placement.device.type == "cuda":
        torch.cuda.empty_cache()
    return RunFailed(
        f"no memory left {where} on {placement.title}: {problem}. "
        f"Lower the batch size (now {batch_size}), take a smaller network, or end what else "
        "uses it."
    )
