"""How to train on own data by default: what finishes on this machine, and learns."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.shapes import Recipe

FEW = 5_000  # training images: below, the steps of 30 epochs are too few for negative learning


def suited_recipe(
    image_shape: tuple[int, int, int],
    num_train: int,
    mean: Sequence[float],
    std: Sequence[float],
) -> Recipe:
    """By number and size of the images; ``mean`` and ``std`` are those of their channels."""
    side = min(image_shape[1:])
    mean, std = tuple(mean), tuple(std)
    if side <= 28:
        epochs, size = (60, 64) if num_train < FEW else (30, 128)
        return Recipe("small-cnn", epochs, size, learning_rate=0.05, mean=mean, std=std)
    return Recipe(
        "resnet18",
        epochs=100,
        learning_rate=0.1,
        weight_decay=5e-4,
        milestones=(0.5, 0.75),
        mean=mean,
        std=std,
        crop=side // 8,
        flip=len(mean) == 3,
        cutout=side // 2,
    )
