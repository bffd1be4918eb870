"""A forward in which some layers are fixed, and batch norm that rests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _BatchNorm

from lnl.networks import Network, NetworkOutput


def forward_with_fixed(
    network: Network, fixed: Sequence[nn.Module], images: Tensor
) -> NetworkOutput:
    """The network's output; the fixed parts get no gradient, what lies before them does.

    A network that has nothing else is not fixed, since it could not learn.
    """
    kept = {value for part in fixed for value in part.parameters()}
    own = dict(network.named_parameters())
    if len(kept) == len(own):
        return network(images)
    # Without a gradient its optimiser leaves a parameter out, weight decay too.
    frozen = {name: value.detach() for name, value in own.items() if value in kept}
    return cast(NetworkOutput, functional_call(network, frozen, (images,)))


@contextmanager
def still(network: nn.Module) -> Iterator[None]:
    """Batch norm counts nothing inside."""
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    for module in norms:
        module.track_running_stats = False
    try:
        yield
    finally:
        for module in norms:
            module.track_running_stats = True
