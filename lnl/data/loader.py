"""Batches by index-select on the device: no worker processes, no copy where the images fit."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from lnl.data import augment
from lnl.data.images import ImageSet, Rows
from lnl.data.rand_augment import rand_augment
from lnl.data.reading_ahead import ReadingAhead, read_in_order
from lnl.shapes import Images, RawImages, Recipe, View

SHARE = 0.4  # of the device's free memory that the images may take


class Loader:
    """Normalised views of some images of a set on one device.

    The set lies on the device as uint8, once for all who use it, if it takes at most 40 % of its
    free memory. Else, and where it is encoded, each batch is read on the host and copied; those
    that were said to come are read ahead.
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
        self._set = images.on(device) if self.resident else images  # keeps it alive
        where = device if self.resident else torch.device("cpu")
        self.rows = rows if isinstance(rows, range) else rows.to(where)
        self._ahead: ReadingAhead[Tensor] = ReadingAhead(self._fetch)
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
        images = self._select(index)
        shown: list[RawImages] = []
        normalised: list[Images] = []
        for view in views:
            base = shown[0] if shown and view == "strong_on_first" else images
            image = self._draw(base, view, generator)
            shown.append(image)
            normalised.append(self._finish(image, view, generator))
        return tuple(normalised)

    def expect(self, batches: Sequence[Tensor]) -> None:
        """The indices [B] that ``views`` will be asked for next, in this order: these tensors."""
        if self.resident or not batches:
            return
        sizes = [len(index) for index in batches]
        on_host = torch.split(torch.cat(list(batches)).cpu(), sizes)
        self._ahead.expect(zip(batches, map(self._places, on_host), strict=True))

    def in_order(self, spans: Sequence[range]) -> Iterator[Tensor]:
        """The samples of each span as they are, float32 [B, C, H, W]."""
        rows = [self.rows[span.start : span.stop] for span in spans]
        resident = map(self._set.read, rows)
        for images in resident if self.resident else read_in_order(self._fetch, rows):
            yield self._whole(images.to(self.device, non_blocking=True))

    def _whole(self, images: Tensor) -> Tensor:
        return self._normalise(images)

    def _select(self, index: Tensor) -> Tensor:
        """What the set holds of the samples at ``index``, on the device."""
        if self.resident:
            return self._set.pixels.index_select(0, self._places(index))
        images = self._ahead.take(index)
        images = self._fetch(self._places(index.cpu())) if images is None else images
        return images.to(self.device, non_blocking=True)

    def _places(self, index: Tensor) -> Tensor:
        """Of the samples at ``index``, in the set."""
        return index + self.rows.start if isinstance(self.rows, range) else self.rows[index]

    def _fetch(self, rows: Rows) -> Tensor:
        images = self._set.read(rows)
        return images.pin_memory() if self.device.type == "cuda" else images

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
    if not images.in_memory:
        return False
    if device.type != "cuda" or images.is_on(device):
        return True
    free, _ = torch.cuda.mem_get_info(device)
    # What torch holds in reserve counts as taken there, though it is ours to use.
    reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return images.nbytes <= SHARE * (free + reserve)
