"""How networks for photos see images: at a size of theirs, as three channels, on a scale."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from lnl.shapes import Recipe

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's channels in [0, 1]


@dataclass(frozen=True)
class InputForm:
    """What the weights of a network were trained on; that of ImageNet's networks by default."""

    sides: tuple[int, ...] = (224,)  # images are brought to the first not smaller; (): to none
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD
    interpolation: str = "bicubic"

    def resized(self, images: Tensor) -> Tensor:
        """Floats [B, 1 or 3, H, W] as [B, 3, S, S]."""
        shape, coloured = images.shape[2:], images.expand(-1, 3, -1, -1)
        if not self.sides:
            return coloured
        side = next((each for each in self.sides if max(shape) <= each), self.sides[-1])
        if shape == (side, side):
            return coloured
        return nn.functional.interpolate(
            coloured, (side, side), mode=self.interpolation, align_corners=False, antialias=True
        )

    def normalised(self, images: Tensor) -> Tensor:
        """uint8 [B, 1 or 3, H, W] as float32 [B, 3, S, S], on the network's own scale."""
        pixels = self.resized(images.float().div(255)).clamp(0, 1)
        mean, std = (
            torch.tensor(each, device=images.device).view(-1, 1, 1)
            for each in (self.mean, self.std)
        )
        return (pixels - mean) / std

    def scaled(self, recipe: Recipe) -> Recipe:
        """A recipe whose images are normalised for this; grey ones by the mean of the channels."""
        mean, std = self.mean, self.std
        if len(recipe.mean) == 1:
            return replace(recipe, mean=(sum(mean) / 3,), std=(sum(std) / 3,))
        return replace(recipe, mean=mean, std=std)
