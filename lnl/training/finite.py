"""Whether an epoch's losses and weights are still numbers."""

import math

import torch
from torch import Tensor

from lnl.errors import RunFailed
from lnl.methods.base import Method
from lnl.training.passes import Tally


def refuse_broken(tally: Tally, method: Method, where: str) -> None:
    """One look at all losses of the epoch and at the weights, so that no step waits for it.

    Raises RunFailed that names the first bad term and ``where``.
    """
    advice = "Lower the learning rate, or check the data. The last good checkpoint is kept."
    for k, losses in enumerate(tally.losses):
        tally.losses[k] = {name: loss.float() for name, loss in losses.items()}
    flat = [loss for losses in tally.losses for loss in losses.values()]
    if flat and not bool(torch.stack(flat).isfinite().all()):
        for k, losses in enumerate(tally.losses):
            for name, loss in losses.items():
                if not math.isfinite(float(loss)):
                    raise RunFailed(
                        f"the loss is not finite: term {name!r} is {float(loss)} in {where}, "
                        f"batch {k + 1} of {len(tally.losses)}. {advice}"
                    )
    weights = [p for p in method.parameters() if p.is_floating_point() and p.numel()]
    if weights and not bool(
        torch.stack(torch._foreach_norm(list[Tensor](weights))).isfinite().all()
    ):
        raise RunFailed(f"weights are not finite after {where}. {advice}")
