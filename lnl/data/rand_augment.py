"""RandAugment on whole batches, each sample with operations and signs of its own.

Source: Cubuk et al., NeurIPS 2020 (arXiv 1909.13719), with the 14 operations and magnitudes of
torchvision's RandAugment (nearest pixel, black outside). torchvision's own draws one operation for
a whole batch. Here the operations are done by family, three passes for all of them, and nothing
waits for the device.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from lnl.data.augment import integers
from lnl.shapes import Mask, RawImages

OPERATIONS = (
    "identity",
    "shear_x",
    "shear_y",
    "translate_x",
    "translate_y",
    "rotate",
    "brightness",
    "colour",
    "contrast",
    "sharpness",
    "posterize",
    "solarize",
    "autocontrast",
    "equalize",
)
CODE = {name: code for code, name in enumerate(OPERATIONS)}
BINS = 30  # steps of the magnitude


def rand_augment(
    images: RawImages, generator: torch.Generator, rounds: int = 2, magnitude: int = 9
) -> RawImages:
    """``rounds`` random operations a sample, all of the same magnitude out of 30."""
    shape = (rounds, len(images))
    operations = integers(len(OPERATIONS), shape, generator)
    signs = integers(2, shape, generator) * 2 - 1
    for operation, sign in zip(operations, signs, strict=True):
        images = operate(images, operation, sign, magnitude / BINS)
    return images


class Draw(NamedTuple):
    """What each sample of a batch is to undergo."""

    operation: Tensor  # [B] int64
    sign: Tensor  # [B] -1 or 1
    strength: float  # in [0, 1]

    def at(self, index: Tensor) -> "Draw":
        """That of some samples."""
        return Draw(self.operation[index], self.sign[index], self.strength)


Family = Callable[[RawImages, Draw], RawImages]


def operate(images: RawImages, operation: Tensor, sign: Tensor, strength: float) -> RawImages:
    """Sample i under operation ``operation[i]`` with ``sign[i]`` times ``strength`` in [0, 1]."""
    draw = Draw(operation, sign, strength)
    families: tuple[tuple[str, str, Family], ...] = (
        ("shear_x", "rotate", _move),
        ("brightness", "sharpness", _blend),
        ("posterize", "equalize", _retone),
    )
    for first, last, change in families:
        rows = (operation >= CODE[first]) & (operation <= CODE[last])
        images = _on_rows(images, rows, change, draw)
    return images


def _on_rows(images: RawImages, rows: Mask, change: Family, draw: Draw) -> RawImages:
    if images.device.type == "cpu":
        # A third of the work; on a GPU, finding the rows would wait for the device.
        index = rows.nonzero()[:, 0]
        return images.index_copy(0, index, change(images[index], draw.at(index)))
    return torch.where(rows[:, None, None, None], change(images, draw), images)


def _move(images: RawImages, draw: Draw) -> RawImages:
    """Shear from the top left corner, shift by whole pixels, turn about the centre."""
    _, channels, height, width = images.shape
    x, y = _places(width, images.device)[None, None, :], _places(height, images.device)[:, None]
    amount = (draw.sign * draw.strength)[:, None, None]
    code = draw.operation[:, None, None]
    angle = torch.where(code == CODE["rotate"], amount * math.radians(30), 0.0)
    shear_x = torch.where(code == CODE["shear_x"], amount * 0.3, 0.0)
    shear_y = torch.where(code == CODE["shear_y"], amount * 0.3, 0.0)
    shift_x = torch.where(code == CODE["translate_x"], (amount * width * 150 / 331).trunc(), 0.0)
    shift_y = torch.where(code == CODE["translate_y"], (amount * height * 150 / 331).trunc(), 0.0)
    from_x = angle.cos() * x - angle.sin() * y + shear_x * (y + height / 2) - shift_x
    from_y = angle.sin() * x + angle.cos() * y + shear_y * (x + width / 2) - shift_y
    column = (from_x + (width - 1) / 2).round().long()  # [B, H, W]
    row = (from_y + (height - 1) / 2).round().long()
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    place = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
    index = place.flatten(1)[:, None].expand(-1, channels, -1)
    return images.flatten(2).gather(2, index).view_as(images) * inside[:, None]


def _places(size: int, device: torch.device) -> Tensor:
    return torch.arange(size, device=device) - (size - 1) / 2  # pixels from the centre


def _blend(images: RawImages, draw: Draw) -> RawImages:
    """Away from (or towards) black, grey, the mean grey, or a blurred image."""
    pixels = images.float()
    code = draw.operation[:, None, None, None]
    grey = _grey(pixels)
    other = torch.where(code == CODE["colour"], grey, 0.0)
    other = torch.where(code == CODE["contrast"], grey.mean(dim=(2, 3), keepdim=True), other)
    other = torch.where(code == CODE["sharpness"], _blurred(pixels), other)
    factor = (1 + 0.9 * draw.strength * draw.sign)[:, None, None, None]
    return torch.addcmul(other, pixels - other, factor).clamp(0, 255).to(torch.uint8)


def _grey(pixels: Tensor) -> Tensor:
    if pixels.shape[1] != 3:
        return pixels
    red, green, blue = pixels.unbind(1)
    return (0.2989 * red + 0.587 * green + 0.114 * blue).floor()[:, None]


def _blurred(pixels: Tensor) -> Tensor:
    """3 x 3 kernel with 5 in the middle and 1 around it, over 13; the border stays."""
    if min(pixels.shape[2:]) < 3:
        return pixels
    inner = pixels[:, :, 1:-1, 1:-1]
    mean = (F.avg_pool2d(pixels, 3, stride=1) * 9 + 4 * inner) / 13
    blurred = pixels.clone()
    blurred[:, :, 1:-1, 1:-1] = mean.round()
    return blurred


def _retone(images: RawImages, draw: Draw) -> RawImages:
    """Fewer bits, bright pixels inverted, the range stretched, the histogram made flat."""
    from torchvision.transforms.v2 import functional as tv  # a second to import

    code = draw.operation[:, None, None, None]
    posterized: Tensor = tv.posterize(images, 8 - round(4 * draw.strength))
    solarized: Tensor = tv.solarize(images, 255 * (1 - draw.strength))
    toned = torch.where(code == CODE["posterize"], posterized, solarized)
    toned = torch.where(code == CODE["autocontrast"], tv.autocontrast(images), toned)
    return torch.where(code == CODE["equalize"], tv.equalize(images), toned)
