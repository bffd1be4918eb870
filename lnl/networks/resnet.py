"""ResNets with a stem for small images: 3 x 3, stride 1, no pooling.

Source: He et al., CVPR 2016 (arXiv 1512.03385). ResNet-18 and -34 have four stages of 64 to 512
channels, ResNet-14 and -32 three stages of 16 to 64 (section 4.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn

from lnl.networks.network import ImageShape, Network, register


@dataclass(frozen=True)
class Plan:
    """How many blocks each stage has, and the first stage's channels; they double from there."""

    blocks: tuple[int, ...]
    width: int
    projection: bool  # 1 x 1 convolution where the size changes, else zero-padded identity

    def stages(self) -> list[tuple[int, int, int, int]]:
        """(blocks, channels in, channels out, stride) of each stage; the stem gives ``width``."""
        channels = [self.width] + [self.width * 2**i for i in range(len(self.blocks))]
        strides = [1] + [2] * (len(self.blocks) - 1)
        return list(zip(self.blocks, channels, channels[1:], strides, strict=False))


RESNET_14 = Plan((2, 2, 2), 16, projection=False)
RESNET_18 = Plan((2, 2, 2, 2), 64, projection=True)
RESNET_32 = Plan((5, 5, 5), 16, projection=False)
RESNET_34 = Plan((3, 4, 6, 3), 64, projection=True)


Block = Callable[[int, int, int], nn.Module]  # channels in, channels out, stride


def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    """3 x 3 convolution without bias."""
    return nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)


class PaddedIdentity(nn.Module):
    """Every second pixel, new channels filled with zeros: a shortcut without weights."""

    def __init__(self, added: int, stride: int) -> None:
        super().__init__()
        self.added = added
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """[B, c, h, w] -> [B, c + added, h / stride, w / stride]."""
        before = self.added // 2
        x = x[:, :, :: self.stride, :: self.stride]
        return F.pad(x, (0, 0, 0, 0, before, self.added - before))


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions around a shortcut, ReLU after the sum."""

    def __init__(self, inputs: int, outputs: int, stride: int, projection: bool) -> None:
        super().__init__()
        self.conv_1 = conv3x3(inputs, outputs, stride)
        self.norm_1 = nn.BatchNorm2d(outputs)
        self.conv_2 = conv3x3(outputs, outputs)
        self.norm_2 = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if inputs != outputs or stride != 1:
            self.shortcut = PaddedIdentity(outputs - inputs, stride)
            if projection:
                convolution = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
                self.shortcut = nn.Sequential(convolution, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """[B, inputs, h, w] -> [B, outputs, h / stride, w / stride]."""
        y = F.relu(self.norm_1(self.conv_1(x)), inplace=True)
        return F.relu(self.norm_2(self.conv_2(y)) + self.shortcut(x), inplace=True)


class ResNet(Network):
    """Stem, stages of basic blocks, mean over the image."""

    def __init__(self, channels: int, num_classes: int, plan: Plan) -> None:
        stages = plan.stages()
        super().__init__(stages[-1][2], num_classes)
        self.stem = nn.Sequential(
            conv3x3(channels, plan.width), nn.BatchNorm2d(plan.width), nn.ReLU(inplace=True)
        )
        block = partial(BasicBlock, projection=plan.projection)
        self.blocks = nn.Sequential(*(stage(block, *s) for s in stages))

    @property
    def last_block(self) -> nn.Module:
        """The last stage."""
        return self.blocks[-1]

    def body(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features are the mean of the last stage's map."""
        feature_map = self.blocks(self.stem(images))
        return feature_map.mean(dim=(2, 3)), feature_map


def stage(block: Block, blocks: int, inputs: int, outputs: int, stride: int) -> nn.Sequential:
    """Blocks in a row; the first changes channels and size."""
    rest = [block(outputs, outputs, 1) for _ in range(blocks - 1)]
    return nn.Sequential(block(inputs, outputs, stride), *rest)


SOURCE = "He et al., CVPR 2016"


@register(
    "resnet14",
    title="ResNet-14",
    source=SOURCE,
    summary="Three stages of two blocks, 16 to 64 channels: RFL's network on MNIST.",
    minimum_side=8,
)
def resnet14(image_shape: ImageShape, num_classes: int) -> Network:
    """0.17 M weights."""
    return ResNet(image_shape[0], num_classes, RESNET_14)


@register(
    "resnet18",
    title="ResNet-18",
    source=SOURCE,
    summary="Four stages of two blocks with a stem for small images: the usual one on CIFAR.",
    minimum_side=8,
)
def resnet18(image_shape: ImageShape, num_classes: int) -> Network:
    """11.17 M weights."""
    return ResNet(image_shape[0], num_classes, RESNET_18)


@register(
    "resnet32",
    title="ResNet-32",
    source=SOURCE,
    summary="Three stages of five blocks, 16 to 64 channels.",
    minimum_side=8,
)
def resnet32(image_shape: ImageShape, num_classes: int) -> Network:
    """0.46 M weights."""
    return ResNet(image_shape[0], num_classes, RESNET_32)


@register(
    "resnet34",
    title="ResNet-34",
    source=SOURCE,
    summary="Four stages of 3, 4, 6 and 3 blocks with a stem for small images.",
    minimum_side=8,
)
def resnet34(image_shape: ImageShape, num_classes: int) -> Network:
    """21.28 M weights."""
    return ResNet(image_shape[0], num_classes, RESNET_34)
