"""The fixed subsets of samples and test images whose features are kept."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

PROBE_SIZE = 2000
TEST_PROBE_SIZE = 500
FEATURES = 50
_CONSTANT = 1e-6  # of the scale of all features: float16 shows nothing of a narrower one


def probe_ids(fingerprint: str, count: int, most: int = PROBE_SIZE) -> NDArray[np.int64]:
    """At most so many of ``count`` ids, ascending, the same for all runs on a fingerprint."""
    if count <= most:
        return np.arange(count)
    seed = int.from_bytes(fingerprint.encode()[:16], "little")
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def reduce_features(
    features: Tensor, unseen: Tensor
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """The features [P, D] on their first 50 principal axes, [P, <=50], scaled to fit float16.

    The scale is the root mean square of the whole, so distances keep their proportions. The
    features ``unseen`` [T, D] are brought to the same axes and scale: they move nothing.
    Raises ArithmeticError for features that are not finite.
    """
    middle = features.float().mean(0)
    centred = features.float() - middle
    scale = centred.square().mean().sqrt().clamp_min(1e-12)
    if not bool(scale.isfinite()):
        raise ArithmeticError("features are not finite")
    both = [centred / scale, (unseen.float() - middle) / scale]
    if centred.shape[1] > FEATURES:
        both = _on_main_axes(*both)
    reduced = (each.clamp(-6e4, 6e4).half().cpu().numpy() for each in both)
    return next(reduced), next(reduced)


def _on_main_axes(centred: Tensor, unseen: Tensor) -> list[Tensor]:
    """Both on the first 50 principal axes of ``centred``; axes that it lacks are 0.

    Features that do not vary (of dead units) are left out: with many of them ``eigh`` does not
    converge, or returns NaN.
    """
    varies = centred.abs().amax(0) > _CONSTANT
    alive = centred[:, varies]
    _, vectors = torch.linalg.eigh(alive.T @ alive)
    axes = vectors[:, -FEATURES:].flip(1)
    missing = FEATURES - axes.shape[1]
    return [nn.functional.pad(each[:, varies] @ axes, (0, missing)) for each in (centred, unseen)]
