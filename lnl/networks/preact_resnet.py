"""Pre-activation ResNets with a stem for small images.

Source: He et al., ECCV 2016 (arXiv 1603.05027), with its batch norm and ReLU after the last block.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from lnl.networks.network import ImageShape, Network, register
from lnl.networks.resnet import RESNET_18, RESNET_32, Plan, conv3x3, stage


class PreActBlock(nn.Module):
    """Batch norm and ReLU before each of two convolutions; nothing after the sum."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.norm_1 = nn.BatchNorm2d(inputs)
        self.conv_1 = conv3x3(inputs, outputs, stride)
        self.norm_2 = nn.BatchNorm2d(outputs)
        self.conv_2 = conv3x3(outputs, outputs)
        self.shortcut: nn.Conv2d | None = None
        if inputs != outputs or stride != 1:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, inputs, h, w] -> [B, outputs, h / stride, w / stride]."""
        active = F.relu(self.norm_1(x))
        # Where the size changes, the shortcut starts from the activated input.
        kept = x if self.shortcut is None else self.shortcut(active)
        y: Tensor = self.conv_2(F.relu(self.norm_2(self.conv_1(active))))
        return y + kept


class PreActResNet(Network):
    """Stem, stages of pre-activation blocks, batch norm, ReLU, mean over the image."""

    def __init__(self, channels: int, num_classes: int, plan: Plan) -> None:
        stages = plan.stages()
        width = stages[-1][2]
        super().__init__(width, num_classes)
        self.stem = conv3x3(channels, plan.width)
        self.blocks = nn.Sequential(*(stage(PreActBlock, *s) for s in stages))
        self.norm = nn.BatchNorm2d(width)

    @property
    def last_block(self) -> nn.Module:
        """The last stage."""
        return self.blocks[-1]

    def body(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features are the mean of the last map, after its ReLU."""
        feature_map = F.relu(self.norm(self.blocks(self.stem(images))))
        return feature_map.mean(dim=(2, 3)), feature_map


SOURCE = "He et al., ECCV 2016"


@register(
    "preact-resnet18",
    title="PreAct ResNet-18",
    source=SOURCE,
    summary="ResNet-18 with pre-activation blocks: PMNAR's and DivideMix's network on CIFAR.",
    minimum_side=8,
)
def preact_resnet18(image_shape: ImageShape, num_classes: int) -> Network:
    """11.17 M weights."""
    return PreActResNet(image_shape[0], num_classes, RESNET_18)


@register(
    "preact-resnet32",
    title="PreAct ResNet-32",
    source=SOURCE,
    summary="Three stages of five pre-activation blocks, 16 to 64 channels.",
    minimum_side=8,
)
def preact_resnet32(image_shape: ImageShape, num_classes: int) -> Network:
    """0.47 M weights."""
    return PreActResNet(image_shape[0], num_classes, RESNET_32)
