"""The 7-layer CNN of SED, ACT, FINE and PNP: six convolutions and a hidden layer.

Source: the authors' code of SED (ECCV 2024). Convolutions keep PyTorch's initialisation, the two
linear layers are He-normal; the projection head that the code never uses is left out.
"""

from torch import Tensor, nn

from lnl.networks.network import ImageShape, Network, register


class CNN7(Network):
    """Three pairs of 3 x 3 convolutions with pooling, then a hidden layer of 512."""

    def __init__(self, image_shape: ImageShape, num_classes: int) -> None:
        super().__init__(512, num_classes)
        channels, height, width = image_shape
        self.block_1 = _pair(channels, 64, 64)
        self.block_2 = _pair(64, 128, 128)
        self.block_3 = _pair(128, 196, 16)
        flat = 16 * (height // 8) * (width // 8)
        self.hidden = nn.Sequential(
            nn.Flatten(), _linear(flat, 512), nn.BatchNorm1d(512), nn.ReLU(inplace=True)
        )
        self.head = _linear(512, num_classes)

    @property
    def last_block(self) -> nn.Module:
        """The last two convolutions."""
        return self.block_3

    def body(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, 512]; the feature map is [B, 16, H/8, W/8]."""
        feature_map = self.block_3(self.block_2(self.block_1(images)))
        return self.hidden(feature_map), feature_map


def _linear(inputs: int, outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.kaiming_normal_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _pair(inputs: int, middle: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, middle, 3, padding=1),
        nn.BatchNorm2d(middle),
        nn.ReLU(inplace=True),
        nn.Conv2d(middle, outputs, 3, padding=1),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
    )


@register(
    "cnn7",
    title="7-layer CNN",
    source="SED (ECCV 2024), ACT, FINE, PNP: authors' code",
    summary="Six convolutions and a hidden layer: SED's and FINE's network on CIFAR.",
    minimum_side=8,
)
def cnn7(image_shape: ImageShape, num_classes: int) -> Network:
    """0.65 M weights on CIFAR-10."""
    return CNN7(image_shape, num_classes)
