"""A small network on the features of a frozen backbone: what is trained where images are many.

Its input is a vector an image, not the image: the backbone runs once, before the first epoch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lnl.networks import timm_models
from lnl.networks.backbones import BACKBONES, Backbone, described
from lnl.networks.network import Entry, ImageShape, Network, add_entry, add_family

PREFIX = "frozen:"
HIDDEN = 256
RECIPE: dict[str, Any] = {
    "learning_rate": 0.02,
    "weight_decay": 5e-4,
    "epochs": 40,
    "batch_size": 64,
}


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


def _entry(under: Backbone) -> Entry:
    def build(image_shape: ImageShape, num_classes: int) -> Network:
        return FrozenHead(under.size, num_classes)

    return Entry(
        f"{under.title}, frozen",
        under.source,
        "Trains a small head on features of photos that are computed once: for thousands "
        "of photos without a GPU.",
        build,
        threads=1,
        adapt=lambda recipe: replace(recipe, **RECIPE),
        missing=under.missing,
        side=1,
    )


for _each in BACKBONES.values():
    add_entry(PREFIX + _each.name, _entry(_each))
add_family(PREFIX + timm_models.PREFIX, lambda name: _entry(described(timm_models.PREFIX + name)))
