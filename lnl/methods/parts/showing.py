"""What a method that mixes its images shows to a wrapper."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from lnl.methods.interface import Shown
from lnl.methods.parts.freezing import still
from lnl.shapes import Batch


def unmixed(network: nn.Module, batches: Sequence[Batch], selected: Tensor | None = None) -> Shown:
    """The first views of all rows as they are: one more forward pass, with gradient.

    In eval mode, which leaves batch norm's statistics and dropout as they are. Ask after the
    method's own forwards.
    """
    network.eval()
    logits = network(torch.cat([batch.images for batch in batches])).logits
    network.train()
    labels = torch.cat([batch.given_labels for batch in batches])
    return Shown(logits, labels, torch.cat([batch.index for batch in batches]), selected)


def with_rest(
    shown: Shown, network: nn.Module, rest: Batch, forward: Callable[[Tensor], Tensor]
) -> Shown:
    """And the rows of another stream, which are not learned: ``forward`` gives their logits.

    Batch norm counts nothing there. A single row is left out: batch norm cannot do with one.
    """
    if len(rest.index) < 2:
        return shown
    with still(network):
        logits = forward(rest.images)
    count = len(shown.index)
    return Shown(
        torch.cat([shown.logits, logits]),
        torch.cat([shown.given_labels, rest.given_labels]),
        torch.cat([shown.index, rest.index]),
        torch.arange(count + len(rest.index), device=logits.device) < count,
    )


def first_selected(batches: Sequence[Batch]) -> Tensor:
    """True for the rows of the first stream, False for all others, [B] bool."""
    return torch.cat(
        [torch.full_like(batch.index, not at, dtype=torch.bool) for at, batch in enumerate(batches)]
    )
