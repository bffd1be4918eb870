"""A small network for the rows of a table, whose columns are standardised."""

import math

from torch import Tensor, nn

from lnl.networks.network import Entry, ImageShape, Network, add_entry

NAME = "mlp"
HIDDEN = 128


class MLP(Network):
    """Vectors [B, D] through two hidden layers with batch norm; there is no feature map."""

    def __init__(self, size: int, num_classes: int) -> None:
        super().__init__(HIDDEN, num_classes)
        self.hidden_1 = _layer(size)
        self.hidden_2 = _layer(HIDDEN)

    @property
    def last_block(self) -> nn.Module:
        """The second hidden layer."""
        return self.hidden_2

    def example(self, image_shape: ImageShape) -> Tensor:
        """A vector [1, D]."""
        return super().example(image_shape).flatten(1)

    def body(self, images: Tensor) -> tuple[Tensor, None]:
        """Vectors [B, D] to features [B, 128]."""
        return self.hidden_2(self.hidden_1(images)), None


def _layer(inputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, HIDDEN, bias=False), nn.BatchNorm1d(HIDDEN), nn.ReLU(inplace=True)
    )


def _build(input_shape: ImageShape, num_classes: int) -> Network:
    return MLP(math.prod(input_shape), num_classes)


add_entry(
    NAME,
    Entry(
        "Perceptron for tables",
        "ours",
        "Two hidden layers of 128 on the columns of a table of numbers.",
        _build,
        threads=1,
        side=1,
        of_tables=True,
    ),
)
