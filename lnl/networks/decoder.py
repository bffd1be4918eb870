"""From a network's last feature map back to an image: the decoder of RFL.

Source: RFL (Tai et al., 2023), Eq. 3, which gives no layout; this one is ours. Each block doubles
height and width and halves the channels; 1.55 M weights behind a ResNet-18.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lnl.errors import BadInput
from lnl.networks.network import ImageShape, Network

NARROWEST = 16  # channels; a small network's map must not shrink to nothing


class Decoder(nn.Module):
    """Feature map [B, c, h, w] -> normalised images [B, C, H, W], unbounded."""

    def __init__(self, map_shape: ImageShape, image_shape: ImageShape) -> None:
        super().__init__()
        channels, height, width = map_shape
        self.size = image_shape[1:]
        doublings = math.ceil(math.log2(max(self.size[0] / height, self.size[1] / width, 1)))
        blocks = []
        for _ in range(doublings):
            fewer = max(NARROWEST, channels // 2)
            blocks.append(upsampling(channels, fewer))
            channels = fewer
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.Conv2d(channels, image_shape[0], 3, padding=1)

    def forward(self, feature_map: Tensor) -> Tensor:
        """Restored images in normalised units."""
        images: Tensor = self.last(self.blocks(feature_map))
        return images if images.shape[2:] == self.size else F.interpolate(images, self.size)


def upsampling(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size by nearest neighbour, 3 x 3 convolution, batch norm, ReLU."""
    # Batch norm has its own offset.
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def make_decoder(network: Network, name: str, image_shape: ImageShape) -> Decoder:
    """A decoder that fits behind ``network``, which is called ``name``.

    Raises BadInput if the network has no feature map.
    """
    training = network.training
    with torch.no_grad():
        feature_map = network.eval()(network.example(image_shape)).feature_map
    network.train(training)
    if feature_map is None:
        raise BadInput(
            f"network {name!r} has no feature map, so nothing can be restored from it. "
            "Set restore=false or, for images, take a convolutional network such as resnet18"
        )
    _, channels, height, width = feature_map.shape
    return Decoder((channels, height, width), image_shape)
