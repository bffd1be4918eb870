"""The fixed subsets of samples and test images whose features are kept."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

PROBE_SIZE = 2000
TEST_PROBE_SIZE = 500
FEATURES = 50


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
    """
    middle = features.float().mean(0)
    centred = features.float() - middle
    scale = centred.square().mean().sqrt().clamp_min(1e-12)
    both = [centred / scale, (unseen.float() - middle) / scale]
    if centred.shape[1] > FEATURES:
        _, vectors = torch.linalg.eigh(both[0].T @ both[0])
        both = [each @ vectors[:, -FEATURES:].flip(1) for each in both]
    reduced = (each.clamp(-6e4, 6e4).half().cpu().numpy() for each in both)
    return next(reduced), next(reduced)
