"""The 9-layer CNN of Co-teaching: nine convolutions with dropout, then one linear layer.

Source: Han et al., NeurIPS 2018, Table 2; the authors' code.
"""

from itertools import pairwise

from torch import Tensor, nn

from lnl.networks.dropout import Dropout
from lnl.networks.network import ImageShape, Network, register

DROPOUT, SLOPE = 0.25, 0.01


class CNN9(Network):
    """Two groups of three padded 3 x 3 convolutions with pooling, then three without padding."""

    def __init__(self, image_shape: ImageShape, num_classes: int) -> None:
        super().__init__(128, num_classes)
        channels, _, _ = image_shape
        self.block_1 = _three((channels, 128, 128, 128), padding=1)
        self.block_2 = _three((128, 256, 256, 256), padding=1)
        self.block_3 = _three((256, 512, 256, 128), padding=0)
        self.pool = nn.MaxPool2d(2)
        self.dropout = Dropout(DROPOUT)

    @property
    def last_block(self) -> nn.Module:
        """The last three convolutions."""
        return self.block_3

    def body(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, 128]; the feature map is [B, 128, H/4 - 6, W/4 - 6]."""
        halved = self.dropout(self.pool(self.block_1(images)))
        quartered = self.dropout(self.pool(self.block_2(halved)))
        feature_map = self.block_3(quartered)
        return feature_map.mean((2, 3)), feature_map


def _three(widths: tuple[int, ...], padding: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [
            nn.Conv2d(inputs, outputs, 3, padding=padding),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(SLOPE, inplace=True),
        ]
    return nn.Sequential(*layers)


@register(
    "cnn9",
    title="9-layer CNN",
    source="Co-teaching (NeurIPS 2018), Table 2",
    summary="Nine convolutions with dropout: the network of Co-teaching.",
    minimum_side=28,
)
def cnn9(image_shape: ImageShape, num_classes: int) -> Network:
    """4.43 M weights on CIFAR-10."""
    return CNN9(image_shape, num_classes)
