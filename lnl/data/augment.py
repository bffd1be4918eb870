"""Views of whole batches on the device: crop, flip, cutout, each sample with its own parameters.

All randomness comes from the generator that is passed in; nothing waits for the device.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from lnl.shapes import Images, Mask, RawImages


def crop(images: RawImages, padding: int, generator: torch.Generator) -> RawImages:
    """Pad with black and cut the old size out at a place of each sample's own.

    Source: He et al., CVPR 2016, section 4.2 (4 pixels on CIFAR).
    """
    batch, _, height, width = images.shape
    places = (2, batch)
    top, left = torch.randint(
        2 * padding + 1, places, generator=generator, device=images.device
    ).unbind()
    padded = F.pad(images, (padding, padding, padding, padding))
    return windows(padded, height, width)[
        torch.arange(batch, device=images.device), top, left
    ]  # one gather


def windows(padded: RawImages, height: int, width: int) -> Tensor:
    """All windows of that size as a view, [B, places down, places across, C, height, width]."""
    batch, channels, tall, wide = padded.shape
    b, c, h, w = padded.stride()
    places = (tall - height + 1, wide - width + 1)
    return padded.as_strided((batch, *places, channels, height, width), (b, h, w, c, h, w))


def flip(images: RawImages, generator: torch.Generator) -> RawImages:
    """Mirror each sample left to right with probability 1/2."""
    mirrored = coin(len(images), generator)
    return torch.where(mirrored[:, None, None, None], images.flip(-1), images)


def cutout(images: Images, side: int, generator: torch.Generator) -> Images:
    """Set a square at a random centre to 0, the mean of normalised images; clipped at the border.

    Source: DeVries & Taylor 2017 (arXiv 1708.04552), section 3.2.
    """
    batch, _, height, width = images.shape
    rows = _band(batch, height, side, generator)
    columns = _band(batch, width, side, generator)
    hole = rows[:, None, :, None] & columns[:, None, None, :]
    return images.masked_fill(hole, 0)


def coin(batch: int, generator: torch.Generator) -> Mask:
    """True or False with equal chance, [B]."""
    return torch.randint(2, (batch,), generator=generator, device=generator.device) == 1


def _band(batch: int, size: int, side: int, generator: torch.Generator) -> Tensor:
    centre = torch.randint(size, (batch, 1), generator=generator, device=generator.device)
    start = centre - side // 2
    places = torch.arange(size, device=generator.device)
    return (places >= start) & (places < start + side)  # [B, size]
