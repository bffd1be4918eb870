"""What a method that mixes its images, or leaves some out, shows to a wrapper."""

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


def first_selected(batches: Sequence[Batch]) -> Tensor:
    """True for the rows of the first stream, False for all others, [B] bool."""
    return torch.cat(
        [torch.full_like(batch.index, not at, dtype=torch.bool) for at, batch in enumerate(batches)]
    )


def with_filtered(
    shown: Shown, rest: Batch, network: nn.Module, forward: Callable[[Tensor], Tensor]
) -> Shown:
    """And the rows of ``rest``, not selected: one more forward, of which batch norm counts nothing.

    Of a single row there is no batch statistic: it is not shown.
    """
    if len(rest.index) < 2:
        return shown
    with still(network):
        logits = forward(rest.images)
    rows = torch.arange(len(shown.index) + len(rest.index), device=logits.device)
    return Shown(
        torch.cat([shown.logits, logits]),
        torch.cat([shown.given_labels, rest.given_labels]),
        torch.cat([shown.index, rest.index]),
        rows < len(shown.index),
    )
