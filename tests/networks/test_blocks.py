"""Residual blocks against their papers' formulas."""

import torch
import torch.nn.functional as F

from lnl.networks.preact_resnet import PreActBlock
from lnl.networks.resnet import BasicBlock, PaddedIdentity


def norm(layer, x):
    """Batch norm in eval mode."""
    return F.batch_norm(x, layer.running_mean, layer.running_var, layer.weight, layer.bias)


def scrambled(block):
    """Running means and deviations that are not 0 and 1."""
    generator = torch.Generator().manual_seed(0)
    for layer in block.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.copy_(torch.randn(layer.num_features, generator=generator))
            layer.running_var.copy_(torch.rand(layer.num_features, generator=generator) + 0.5)
    return block.eval()


def test_padded_identity_takes_every_second_pixel_from_the_first():
    x = torch.arange(2 * 4 * 4.0).view(1, 2, 4, 4)
    out = PaddedIdentity(added=2, stride=2)(x)
    assert out.shape == (1, 4, 2, 2)
    assert torch.equal(out[:, 1:3], x[:, :, ::2, ::2])
    assert not out[:, [0, 3]].any()


def test_basic_block():
    block = scrambled(BasicBlock(3, 3, 1, projection=False))
    x = torch.randn(2, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    inner = F.relu(norm(block.norm_1, block.conv_1(x)))
    expected = F.relu(norm(block.norm_2, block.conv_2(inner)) + x)
    assert torch.allclose(block(x), expected, atol=1e-5)


def test_pre_activation_block_keeps_its_input():
    block = scrambled(PreActBlock(3, 3, 1))
    x = torch.randn(2, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    inner = block.conv_1(F.relu(norm(block.norm_1, x)))
    expected = x + block.conv_2(F.relu(norm(block.norm_2, inner)))
    assert torch.allclose(block(x), expected, atol=1e-5)


def test_pre_activation_block_projects_the_activated_input():
    block = scrambled(PreActBlock(3, 6, 2))
    x = torch.randn(2, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    active = F.relu(norm(block.norm_1, x))
    inner = block.conv_2(F.relu(norm(block.norm_2, block.conv_1(active))))
    assert torch.allclose(block(x), inner + block.shortcut(active), atol=1e-5)
