"""SED's two statistics: a clean threshold for every class, and weights for corrected labels.

Source: SED (Sheng et al., ECCV 2024), SCS and SCR.
"""

import torch
from torch import Tensor

MAX_LEVEL = 0.95


def level_of(confidence: Tensor, quantile: float | None) -> Tensor:
    """How sure the network is at present: the quantile of p_y over all samples; None: the mean."""
    return confidence.mean() if quantile is None else confidence.quantile(quantile)


def class_scale(expected: Tensor) -> Tensor:
    """E_c / max E: how well each class is learned, 1 for the best, [K]."""
    return expected / expected.max()


def moments(values: Tensor, labels: Tensor, num_classes: int) -> tuple[Tensor, Tensor]:
    """Mean and unbiased variance [K] of the values of each class.

    A class with fewer than two samples has mean 0 and variance 1, as in the authors' code.
    """
    # A product with one-hot rows: scattered sums are not reproducible on a GPU.
    member = torch.nn.functional.one_hot(labels, num_classes).T.double()  # [K, N]
    values = values.double()
    count = member.sum(1)
    mean = member @ values / count.clamp_min(1)
    variance = member @ (values - mean[labels]).square() / (count - 1).clamp_min(1)
    enough = count > 1
    return (
        torch.where(enough, mean, 0.0).float(),
        torch.where(enough, variance, 1.0).float(),
    )


def truncated_gaussian(values: Tensor, mean: Tensor, variance: Tensor, sharpness: float) -> Tensor:
    """exp(-n² min(m - μ, 0)² / (2 v)): 1 at and above the mean, falling below it, in (0, 1]."""
    below = (values - mean).clamp_max(0)
    weight = torch.exp(-(sharpness**2) * below.square() / (2 * variance.clamp_min(1e-12)))
    return weight.clamp_min(torch.finfo(weight.dtype).tiny)
