"""Small networks for small images: a plain CNN of our own, LeNet-5 and a two-layer perceptron.

They train with one thread: their steps are too short to share (docs/decisions/0006).
"""

from torch import Tensor, nn

from lnl.networks.network import ImageShape, Network, register


def convolution(inputs: int, outputs: int) -> nn.Sequential:
    """3 x 3 convolution, batch norm, ReLU."""
    # Batch norm has its own offset.
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class SmallCNN(Network):
    """Four convolutions (16 to 96 channels) with poolings between, averaged over the image."""

    def __init__(self, image_shape: ImageShape, num_classes: int) -> None:
        super().__init__(96, num_classes)
        channels, height, width = image_shape
        self.block_1 = nn.Sequential(convolution(channels, 16), pool())
        self.block_2 = nn.Sequential(convolution(16, 32), pool())
        # The last map of an 8 x 8 image stays 2 x 2: with 1 x 1 it memorises less.
        last = pool() if min(height, width) >= 16 else nn.Identity()
        self.block_3 = nn.Sequential(convolution(32, 64), last)
        self.block_4 = convolution(64, 96)

    @property
    def last_block(self) -> nn.Module:
        """The last convolution."""
        return self.block_4

    def body(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, 96] are the mean of the feature map [B, 96, h, w], h = H/8, below 16 H/4."""
        feature_map = self.block_4(self.block_3(self.block_2(self.block_1(images))))
        return feature_map.mean(dim=(2, 3)), feature_map


class LeNet5(Network):
    """Two 5 x 5 convolutions and two hidden layers of 120 and 84, with ReLU and max pooling."""

    def __init__(self, image_shape: ImageShape, num_classes: int) -> None:
        super().__init__(84, num_classes)
        channels, height, width = image_shape
        flat = 16 * ((height // 2 - 4) // 2) * ((width // 2 - 4) // 2)
        self.block_1 = nn.Sequential(nn.Conv2d(channels, 6, 5, padding=2), nn.ReLU(), pool())
        self.block_2 = nn.Sequential(nn.Conv2d(6, 16, 5), nn.ReLU(), pool())
        self.hidden = nn.Sequential(
            nn.Flatten(), nn.Linear(flat, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU()
        )

    @property
    def last_block(self) -> nn.Module:
        """The hidden layers."""
        return self.hidden

    def body(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, 84]; the feature map is what the second pooling gives."""
        feature_map = self.block_2(self.block_1(images))
        return self.hidden(feature_map), feature_map


def pool() -> nn.MaxPool2d:
    """Halve height and width."""
    return nn.MaxPool2d(2)


class FC2(Network):
    """One hidden layer of 500 on the flattened image; there is no feature map."""

    def __init__(self, image_shape: ImageShape, num_classes: int) -> None:
        super().__init__(500, num_classes)
        channels, height, width = image_shape
        self.hidden = nn.Sequential(
            nn.Flatten(), nn.Linear(channels * height * width, 500), nn.ReLU()
        )

    @property
    def last_block(self) -> nn.Module:
        """The hidden layers."""
        return self.hidden

    def body(self, images: Tensor) -> tuple[Tensor, None]:
        """Features [B, 500]."""
        return self.hidden(images), None


@register(
    "small-cnn",
    title="Small CNN",
    source="ours",
    summary="Four convolutions; quick on a CPU, for images of 8 to 32 pixels.",
    minimum_side=4,
    threads=1,
)
def small_cnn(image_shape: ImageShape, num_classes: int) -> Network:
    """80,000 weights."""
    return SmallCNN(image_shape, num_classes)


@register(
    "lenet5",
    title="LeNet-5",
    source="LeCun et al., Proc. IEEE 1998; with ReLU and max pooling",
    summary="The network of NLNL's experiments on MNIST.",
    minimum_side=12,
    threads=1,
)
def lenet5(image_shape: ImageShape, num_classes: int) -> Network:
    """61,706 weights on MNIST."""
    return LeNet5(image_shape, num_classes)


@register(
    "fc2",
    title="Two-layer perceptron",
    source="NLNL (Kim et al., ICCV 2019), section 4; the hidden size of 500 is ours",
    summary="One hidden layer of 500 on the raw pixels.",
    threads=1,
)
def fc2(image_shape: ImageShape, num_classes: int) -> Network:
    """397,510 weights on MNIST."""
    return FC2(image_shape, num_classes)
