"""Every network on a GPU: nothing in it is made elsewhere or waits for the device."""

import pytest
import torch
from torch.nn import functional as F

from lnl.networks import make_network, network_names
from tests.support.pretended_cuda import CUDA, pretended


@pytest.mark.parametrize("name", network_names())
def test_forward_and_backward_in_bfloat16_and_channels_last(name):
    with pretended() as machine:
        network = make_network(name, (3, 32, 32), 10).to(CUDA)
        network = network.to(memory_format=torch.channels_last)
        labels = torch.arange(2, device=CUDA)
        images = torch.randn(2, *network.example((3, 32, 32)).shape[1:], device=CUDA)
        if images.ndim == 4:
            images = images.contiguous(memory_format=torch.channels_last)

        def step():
            with torch.autocast("cuda", torch.bfloat16):
                output = network(images)
            F.cross_entropy(output.logits.float(), labels).backward()
            return output

        output = machine.steadily(step)()
        assert output.logits.dtype == torch.bfloat16
        assert all(p.grad.device == CUDA for p in network.parameters())
