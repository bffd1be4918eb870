"""Small loss: a mixture of two Gaussians says which of the losses are the small ones.

Source: DivideMix (Li et al., ICLR 2020), section 3.2 and its code: sklearn's ``GaussianMixture``
with ``max_iter=10, tol=1e-2, reg_covar=5e-4``. Fitted here by our own EM in float64 on the device:
the same numbers on every run, from the best two-means split instead of sklearn's random start.
"""

import math

import torch
from torch import Tensor

ADDED_VARIANCE = 5e-4  # on losses scaled to [0, 1]
ROUNDS = 10
TOLERANCE = 1e-2  # of the mean log-likelihood: a round that changes it less is the last


def small_loss(values: Tensor, rounds: int = ROUNDS, tolerance: float = TOLERANCE) -> Tensor:
    """Probability of each value [N] to come from the component of lower mean, float32.

    Unchanged by a x + b with a > 0. Never rises with the value: below the lower mean it is that of
    the mean itself, likewise above the upper one (a bare mixture gives the smallest losses to the
    wider component). All values equal: 1, nothing stands out.
    """
    values = values.detach().double()
    low, high = values.aminmax()
    spread = high - low
    scaled = (values - low) / spread.clamp_min(torch.finfo(values.dtype).tiny)
    fitted = _fit(scaled, _two_means(scaled))
    likelihood = torch.full_like(spread, -torch.inf)
    ended = torch.zeros_like(spread, dtype=torch.bool)  # on the device: nobody waits for it
    for _ in range(rounds):
        density = _log_density(scaled, *fitted)
        reached = density.logsumexp(0).mean()
        better = _fit(scaled, (density[0] - density[1]).sigmoid())
        fitted = torch.where(ended, fitted, better)
        ended = ended | ((reached - likelihood).abs() < tolerance)
        likelihood = reached
    share, mean, variance = fitted[:, fitted[1].argsort()]
    density = _log_density(scaled.clamp(mean[0], mean[1]), share, mean, variance)
    lower = (density[0] - density[1]).sigmoid()
    return torch.where(spread > 0, lower, torch.ones_like(lower)).float()


def _two_means(values: Tensor) -> Tensor:
    """1.0 where a value belongs to the lower of the two clusters of least variance."""
    ordered = values.sort().values
    count = len(values)
    if count < 2:
        return torch.ones_like(values)
    left = torch.arange(1, count, device=values.device, dtype=values.dtype)
    sums = ordered.cumsum(0)
    between = (count * sums[:-1] - left * sums[-1]).square() / (left * (count - left))
    return (values <= ordered[between.argmax()]).to(values.dtype)


def _fit(values: Tensor, lower: Tensor) -> Tensor:
    """Shares, means and variances of the two components, [3, 2]."""
    belongs = torch.stack([lower, 1 - lower])  # [2, N]
    # A component that has died out must not divide by 0.
    weight = belongs.sum(1).clamp_min(1e-12)
    mean = (belongs * values).sum(1) / weight
    variance = (belongs * (values - mean[:, None]).square()).sum(1) / weight
    return torch.stack([weight / len(values), mean, variance + ADDED_VARIANCE])


def _log_density(values: Tensor, share: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """Of each component with its share, [2, N]."""
    distance = (values - mean[:, None]).square() / variance[:, None]
    return share.log()[:, None] - (distance + (2 * math.pi * variance).log()[:, None]) / 2
