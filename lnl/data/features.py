"""Vectors in the place of images: what a frozen backbone says of each, computed once."""

from __future__ import annotations

import torch
from torch import Tensor

from lnl.data.images import ImageSet
from lnl.data.loader import Loader
from lnl.shapes import View

WEAK, STRONG = 0.05, 0.1  # noise of the views, in deviations of a vector's values
DROPPED = 0.2  # share of a vector's values that the strong view takes away


class FeatureSet(ImageSet):
    """A vector for each image of a set as one tensor, float [N, D]."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """D, 1, 1."""
        return self.pixels.shape[1], 1, 1


class VectorLoader(Loader):
    """Views of vectors: as they are, or with noise; nothing is cropped, flipped or normalised."""

    def views(
        self, index: Tensor, views: tuple[View, ...], generator: torch.Generator
    ) -> tuple[Tensor, ...]:
        """The samples at ``index`` [B] once a view, float32 [B, D]."""
        vectors = self._select(index).float()
        shown: list[Tensor] = []
        for view in views:
            base = shown[0] if shown and view == "strong_on_first" else vectors
            shown.append(_shown(base, view, generator))
        return tuple(shown)

    def _whole(self, images: Tensor) -> Tensor:
        return images.float()


def _shown(vectors: Tensor, view: View, generator: torch.Generator) -> Tensor:
    if view == "plain":
        return vectors
    return (weak if view == "weak" else strong)(vectors, generator)


def weak(vectors: Tensor, generator: torch.Generator) -> Tensor:
    """With a little noise [B, D]; a crop and a flip would change a vector about as much."""
    return _noisy(vectors, WEAK, generator)


def strong(vectors: Tensor, generator: torch.Generator) -> Tensor:
    """With more noise, and a fifth of the values taken away [B, D]."""
    noisy = _noisy(vectors, STRONG, generator)
    kept = torch.rand(noisy.shape, generator=generator, device=noisy.device) >= DROPPED
    return noisy * kept


def _noisy(vectors: Tensor, share: float, generator: torch.Generator) -> Tensor:
    noise = torch.randn(vectors.shape, generator=generator, device=vectors.device)
    return vectors + share * vectors.std(dim=1, keepdim=True) * noise
