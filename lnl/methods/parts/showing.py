"""What a method that mixes its images shows to a wrapper."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lnl.methods.interface import Shown
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
