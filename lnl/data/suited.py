"""How to train on own data by default: what finishes on this machine, and learns.

Measured by ``benchmarks/own_defaults.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch

from lnl.networks import backbones
from lnl.networks.frozen import PREFIX
from lnl.networks.mlp import NAME as TABLE_NETWORK
from lnl.shapes import Recipe

FEW = 5_000  # training images: below, the steps of 30 epochs are too few for negative learning
TINY = 1_000
LEAST = 500  # below, an epoch has so few steps that methods with several stages need more epochs
ICON = 40  # pixels: larger ones are photos, for which a network of ImageNet knows features


def recipe_of_table(num_train: int) -> Recipe:
    """By the number of rows; columns are standardised as the data are read."""
    few = num_train < TINY
    return Recipe(
        TABLE_NETWORK,
        epochs=60 if few else 30,
        batch_size=32 if few else 128,
        learning_rate=0.02,
        weight_decay=5e-4,
        milestones=(0.5, 0.75),
        mean=(0.0,),
        std=(1.0,),
    )


def suited_recipe(
    image_shape: tuple[int, int, int],
    num_train: int,
    mean: Sequence[float],
    std: Sequence[float],
) -> Recipe:
    """By number and size of the images and by the device; ``mean``, ``std``: of their channels."""
    side, gpu = min(image_shape[1:]), torch.cuda.is_available()
    scaled = partial(Recipe, mean=tuple(mean), std=tuple(std))
    if side > ICON and not (gpu and num_train >= FEW) and backbones.here():
        return scaled(PREFIX + backbones.here()[0].name, epochs=40)
    if gpu and side > 28:
        return scaled(
            "resnet18",
            epochs=100,
            weight_decay=5e-4,
            milestones=(0.5, 0.75),
            crop=side // 8,
            flip=len(mean) == 3,
            cutout=side // 2,
        )
    if num_train < TINY:
        epochs = 150 if num_train < LEAST else 60
        return scaled("small-cnn", epochs=epochs, batch_size=32, learning_rate=0.02)
    if num_train < FEW:
        return scaled("small-cnn", epochs=60, batch_size=64, learning_rate=0.05)
    return scaled("small-cnn", epochs=30, batch_size=128, learning_rate=0.05)
