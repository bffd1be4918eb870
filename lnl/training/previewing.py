"""Restorations of some probe images, for the screen."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from lnl.methods.base import Method
from lnl.records import Previews
from lnl.shapes import Recipe, View
from lnl.training.evaluation import Evaluator, evaluating
from lnl.training.randomness import generator

PREVIEWS = 32


def previews(method: Method, evaluator: Evaluator) -> Previews | None:
    """Restorations of some probe images, or None where the method restores nothing."""
    step = max(1, len(evaluator.probe) // PREVIEWS)
    device = evaluator.placement.device
    index = torch.from_numpy(evaluator.probe[::step][:PREVIEWS]).to(device)
    views: tuple[View, ...] = ("plain", "strong_on_first")
    # The same augmentation at every epoch and for every noise: only the restoration differs.
    data, loader = evaluator.data, evaluator.recorded or evaluator.train
    of = data.name if data.scheme == 1 else data.images.fingerprint
    place = (of, len(data.given_labels), "previews")
    original, augmented = loader.views(index, views, generator(device, *place))
    with evaluating(method), evaluator.placement.autocast():
        restored = method.previews(augmented)
    if restored is None:
        return None
    recipe = loader.recipe
    return Previews(*(_to_uint8(i, recipe) for i in (original, augmented, restored)))


def _to_uint8(images: Tensor, recipe: Recipe) -> np.ndarray:
    """Normalised images back to 0..255, values beyond clipped."""
    mean, std = (
        torch.tensor(v, device=images.device).view(-1, 1, 1) for v in (recipe.mean, recipe.std)
    )
    scaled = (images.float() * std + mean) * 255
    return scaled.round().clamp(0, 255).to(torch.uint8).cpu().numpy()
