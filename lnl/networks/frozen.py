"""A small network on the features of a frozen backbone: what is trained where images are many.

Its input is a vector an image, not the image: the backbone runs once, before the first epoch.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from lnl.networks.backbones import BACKBONES
from lnl.networks.network import ImageShape, Network, register

PREFIX = "frozen:"
HIDDEN = 256
RECIPE = {"learning_rate": 0.02, "weight_decay": 5e-4, "epochs": 40, "batch_size": 64}


class FrozenHead(Network):
    """Vectors [B, D], each brought to mean 0 and deviation 1; a hidden layer with batch norm."""

    def __init__(self, size: int, num_classes: int) -> None:
        super().__init__(HIDDEN, num_classes)
        self.normalise = nn.LayerNorm(size, elementwise_affine=False)
        # with batch norm the rates of methods, which are for networks that have it, do here too
        self.hidden = nn.Sequential(
            nn.Linear(size, HIDDEN, bias=False), nn.BatchNorm1d(HIDDEN), nn.ReLU()
        )

    @property
    def last_block(self) -> nn.Module:
        """The hidden layer."""
        return self.hidden

    def example(self, image_shape: ImageShape) -> Tensor:
        """A vector [1, D]: the images have been seen by the backbone alone."""
        return torch.zeros(1, *self.normalise.normalized_shape)

    def body(self, images: Tensor) -> tuple[Tensor, None]:
        """Vectors [B, D] to features [B, 256]; there is no feature map."""
        return self.hidden(self.normalise(images)), None


def backbone_name(network: str) -> str | None:
    """The backbone under a network of this kind; None for one that sees images."""
    return network.removeprefix(PREFIX) if network.startswith(PREFIX) else None


def _build(size: int, image_shape: ImageShape, num_classes: int) -> Network:
    return FrozenHead(size, num_classes)


for _each in BACKBONES.values():
    register(
        PREFIX + _each.name,
        title=f"{_each.title}, frozen",
        source=_each.source,
        summary="Trains a small head on features of photos that are computed once: for thousands "
        "of photos without a GPU.",
        threads=1,
        recipe=RECIPE,
        missing=_each.missing,
    )(partial(_build, _each.size))
