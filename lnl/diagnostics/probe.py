"""The fixed subset of samples whose features and restorations are kept."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

PROBE_SIZE = 2000
FEATURES = 50


def probe_ids(fingerprint: str, num_train: int) -> NDArray[np.int64]:
    """At most 2,000 sample ids, ascending, the same for all runs on a fingerprint."""
    if num_train <= PROBE_SIZE:
        return np.arange(num_train)
    seed = int.from_bytes(fingerprint.encode()[:16], "little")
    chosen = np.random.default_rng(seed).choice(num_train, PROBE_SIZE, replace=False)
    return np.sort(chosen)


def reduce_features(features: Tensor) -> NDArray[np.float16]:
    """The features [P, D] on their first 50 principal axes, [P, <=50], scaled to fit float16.

    The scale is the root mean square of the whole, so distances keep their proportions.
    """
    centred = features.float() - features.float().mean(0)
    centred = centred / centred.square().mean().sqrt().clamp_min(1e-12)
    if centred.shape[1] > FEATURES:
        _, vectors = torch.linalg.eigh(centred.T @ centred)
        centred = centred @ vectors[:, -FEATURES:].flip(1)
    reduced: NDArray[np.float16] = centred.clamp(-6e4, 6e4).half().cpu().numpy()
    return reduced
