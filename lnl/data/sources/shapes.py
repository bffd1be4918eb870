"""Generated colour images of ten shapes, 32 x 32, in pairs that look alike. Needs no download.

Synthetic: drawn from a fixed seed, so that a colour data set is at hand without a network. Place,
size, turn, colours and a background gradient vary; pixels are off by up to a tenth.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lnl.data.source import LabelledImages, Source, register
from lnl.shapes import Recipe

Field = NDArray[np.float64]  # [n, H, W]
SIDE, TRAIN, TEST = 32, 4000, 1000


def _box(u: Field, v: Field, width: float, height: float) -> Field:
    return np.maximum(abs(u) - width, abs(v) - height)


def _triangle(u: Field, v: Field) -> Field:
    return np.maximum(v - 0.55, 0.87 * abs(u) - 0.5 * v - 0.5)


def _ring(u: Field, v: Field) -> Field:
    return abs(np.hypot(u, v) - 0.75) - 0.22


# Each is negative inside, in coordinates where the shape fills about [-1, 1].
INSIDE: dict[str, Callable[[Field, Field], Field]] = {
    "disc": lambda u, v: np.hypot(u, v) - 0.9,
    "ellipse": lambda u, v: np.hypot(u, v / 0.6) - 0.95,
    "square": lambda u, v: _box(u, v, 0.8, 0.8),
    "rectangle": lambda u, v: _box(u, v, 0.95, 0.55),
    "triangle": _triangle,
    "arrowhead": lambda u, v: np.maximum(_triangle(u, v), -_triangle(u, v - 0.65)),
    "ring": _ring,
    "broken ring": lambda u, v: np.maximum(_ring(u, v), -np.maximum(-u, abs(v) - 0.35)),
    "cross": lambda u, v: np.minimum(_box(u, v, 0.95, 0.28), _box(u, v, 0.28, 0.95)),
    "T": lambda u, v: np.minimum(_box(u, v + 0.67, 0.95, 0.28), _box(u, v, 0.28, 0.95)),
}


@lru_cache(maxsize=1)
def shapes(folder: Path | None = None) -> LabelledImages:
    """4,000 training and 1,000 test images, every class equally often."""
    random = np.random.RandomState(0)
    labels = random.permutation(np.arange(TRAIN + TEST) % len(INSIDE))
    # In parts: all at once takes 600 MB. In double precision: single differs between CPUs.
    images = torch.from_numpy(np.concatenate([_draw(p, random) for p in np.split(labels, 20)]))
    given = torch.from_numpy(labels)
    return LabelledImages.of(
        images[:TRAIN], given[:TRAIN], images[TRAIN:], given[TRAIN:], tuple(INSIDE)
    )


def _draw(labels: NDArray[np.int64], random: np.random.RandomState) -> NDArray[np.uint8]:
    u, v = _coordinates(len(labels), random)
    distance = np.empty_like(u)
    for c, inside in enumerate(INSIDE.values()):
        rows = labels == c
        distance[rows] = inside(u[rows], v[rows])
    cover = 1 / (1 + np.exp(np.clip(distance * 18, -30, 30)))[:, None]  # soft edge, [n, 1, H, W]
    shape, ground = _colours(len(labels), random)
    pixels = cover * shape + (1 - cover) * ground
    grain = np.frombuffer(random.bytes(pixels.size), np.uint8).reshape(pixels.shape)
    pixels = pixels + (grain / 255 - 0.5) * 0.2
    drawn: NDArray[np.uint8] = np.rint(pixels.clip(0, 1) * 255).astype(np.uint8)
    return drawn


def _coordinates(n: int, random: np.random.RandomState) -> tuple[Field, Field]:
    axis = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
    place = random.uniform(-0.25, 0.25, (2, n, 1, 1))
    size = random.uniform(0.5, 0.75, (n, 1, 1))
    angle = random.uniform(-0.35, 0.35, (n, 1, 1))  # up to 20 degrees
    x = (axis[None, None, :] - place[0]) / size
    y = (axis[None, :, None] - place[1]) / size
    u = np.cos(angle) * x + np.sin(angle) * y
    v = np.cos(angle) * y - np.sin(angle) * x
    return u, v


def _colours(n: int, random: np.random.RandomState) -> tuple[Field, Field]:
    shape = random.uniform(0, 1, (n, 3, 1, 1))
    # Every channel of the background differs from the shape by at least 0.3.
    ground = (shape + random.uniform(0.3, 0.7, (n, 3, 1, 1))) % 1
    slope = random.uniform(-0.15, 0.15, (2, n, 1, 1, 1))
    axis = np.linspace(-1, 1, SIDE)
    gradient = slope[0] * axis[None, None, None, :] + slope[1] * axis[None, None, :, None]
    return shape, (ground + gradient).clip(0, 1)


register(
    Source(
        name="shapes",
        title="Shapes (synthetic)",
        summary="5,000 generated colour images of ten shapes, in pairs that look alike.",
        recipe=Recipe(
            network="small-cnn",
            epochs=40,
            batch_size=128,
            learning_rate=0.05,
            weight_decay=5e-4,
            milestones=(0.5, 0.75),
            mean=(0.5, 0.5, 0.5),
            std=(0.25, 0.25, 0.25),
            crop=2,
            flip=True,
            cutout=8,
        ),
        load=shapes,
        num_train=TRAIN,
        num_test=TEST,
        num_classes=10,
        image_shape=(3, SIDE, SIDE),
        synthetic=True,
        class_maps={"shapes": {1: 0, 3: 2, 5: 4, 6: 7, 7: 6}},
        superclasses=((0, 1), (2, 3), (4, 5), (6, 7), (8, 9)),
    )
)
