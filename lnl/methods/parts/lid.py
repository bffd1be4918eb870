"""Local intrinsic dimensionality: how fast the number of neighbours grows with the distance.

Source: D2L (Ma et al., ICML 2018), the maximum likelihood estimate within a mini-batch.
"""

import torch
from torch import Tensor

SAMPLES, BATCH, NEIGHBOURS = 1280, 128, 20
LARGEST = 1e4  # of neighbours that are all equally far, for which there is no finite estimate


def local_dimensionality(features: Tensor, neighbours: int = NEIGHBOURS) -> Tensor:
    """LID = -k / Σ_i log(r_i / r_k) over each row's k nearest in its batch, [..., B].

    ``features`` [..., B, D]. Equal for c·features with c > 0. Distances of 0 count as
    1e-8 r_k, as in the released code.
    """
    features = features.detach().double()
    k = min(neighbours, features.shape[-2] - 1)
    # The usual product of matrices loses the small distances.
    apart = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    nearest = apart.topk(k + 1, largest=False).values[..., 1:]  # without the row itself
    farthest = nearest[..., -1:].clamp_min(torch.finfo(nearest.dtype).tiny)
    total = (nearest / farthest + 1e-8).log().sum(-1)
    return -k / total.clamp_max(-k / LARGEST)


def mean_dimensionality(
    features: Tensor, random: torch.Generator, samples: int = SAMPLES, batch: int = BATCH
) -> Tensor:
    """Mean over random rows of features [N, D], in batches; a scalar.

    Fewer rows make fewer batches, and at least one. A batch needs two rows to have neighbours.
    """
    count = len(features)
    size = min(batch, count)
    batches = max(1, min(samples, count) // size)
    rows = torch.randperm(count, generator=random, device=random.device)[: batches * size]
    return local_dimensionality(features[rows].reshape(batches, size, -1)).mean()
