"""Batches by index-select on the device: no worker processes, no copy where the images fit."""

import torch
from torch import Tensor

from lnl.data import augment
from lnl.data.images import ImageSet, Rows
from lnl.data.rand_augment import rand_augment
from lnl.shapes import Images, RawImages, Recipe, View

SHARE = 0.4  # of the device's free memory that the images may take


class Loader:
    """Normalised views of some images of a set on one device.

    The set lies on the device as uint8, once for all who use it, if it takes at most 40 % of its
    free memory; else it stays in pinned host memory and each batch is copied, which waits for the
    index once a batch.
    """

    def __init__(
        self,
        images: ImageSet,
        rows: Rows,
        recipe: Recipe,
        device: torch.device,
        channels_last: bool = False,
    ) -> None:
        self.recipe = recipe
        self.device = device
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format
        self.resident = fits(images, device)
        self._set = images.on(device) if self.resident else images.pinned()  # keeps it alive
        self.rows = rows if isinstance(rows, range) else rows.to(self._set.pixels.device)
        std = torch.tensor(recipe.std)
        # (x / 255 - mean) / std as one multiplication and one addition
        self._scale = (1 / (255 * std)).view(-1, 1, 1).to(device)
        self._shift = (-torch.tensor(recipe.mean) / std).view(-1, 1, 1).to(device)

    def __len__(self) -> int:
        return len(self.rows)

    def views(
        self, index: Tensor, views: tuple[View, ...], generator: torch.Generator
    ) -> tuple[Tensor, ...]:
        """The samples at ``index`` [B] once a view, float32 [B, C, H, W]."""
        images = self._read(index)
        shown: list[RawImages] = []
        normalised: list[Images] = []
        for view in views:
            base = shown[0] if shown and view == "strong_on_first" else images
            image = self._draw(base, view, generator)
            shown.append(image)
            normalised.append(self._finish(image, view, generator))
        return tuple(normalised)

    def plain(self, start: int, stop: int) -> Tensor:
        """Samples ``start`` to ``stop`` in order, as they are."""
        images = self._set.read(self.rows[start:stop])
        return self._normalise(images.to(self.device, non_blocking=True))

    def _read(self, index: Tensor) -> RawImages:
        return self._select(index)

    def _select(self, index: Tensor) -> Tensor:
        """What the set holds of the samples at ``index``, on the device."""
        index = index if self.resident else index.cpu()
        rows = self.rows
        places = index + rows.start if isinstance(rows, range) else rows[index]
        images = self._set.pixels.index_select(0, places)
        return images if self.resident else images.pin_memory().to(self.device, non_blocking=True)

    def _draw(self, images: RawImages, view: View, generator: torch.Generator) -> RawImages:
        if view in ("weak", "strong"):
            images = augment.crop_and_flip(images, self.recipe.crop, self.recipe.flip, generator)
        if view in ("strong", "strong_on_first"):
            images = rand_augment(images, generator)
        return images

    def _finish(self, images: RawImages, view: View, generator: torch.Generator) -> Images:
        normalised = self._normalise(images)
        if view in ("strong", "strong_on_first") and self.recipe.cutout:
            normalised = augment.cutout(normalised, self.recipe.cutout, generator)
        return normalised

    def _normalise(self, images: RawImages) -> Images:
        # .to(dtype) first: type promotion inside mul is 15 times slower on a CPU.
        floats = images.to(torch.float32, memory_format=self.memory_format)
        return floats.mul_(self._scale).add_(self._shift)


def fits(images: ImageSet, device: torch.device) -> bool:
    """Whether the images may stay on the device."""
    if device.type != "cuda" or images.is_on(device):
        return True
    free, _ = torch.cuda.mem_get_info(device)
    # What torch holds in reserve counts as taken there, though it is ours to use.
    reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return images.pixels.nbytes <= SHARE * (free + reserve)
