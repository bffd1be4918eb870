"""Small loss: a mixture of two Gaussians says which of the losses are the small ones.

Source: DivideMix (Li et al., ICLR 2020), section 3.2; fitted here by our own EM in float64 on the
device: the same numbers on every run, from the best two-means split instead of a random start.
"""

import torch
from torch import Tensor

VARIANCE_FLOOR = 5e-4  # on losses scaled to [0, 1]; the sources' value
ROUNDS = 50


def small_loss(values: Tensor, rounds: int = ROUNDS) -> Tensor:
    """Probability of each value [N] to come from the component of lower mean, float32.

    Unchanged by a x + b with a > 0. Never rises with the value: below the lower mean it is that of
    the mean itself, likewise above the upper one (a bare mixture gives the smallest losses to the
    wider component). All values equal: 1, nothing stands out.
    """
    values = values.detach().double()
    low, high = values.aminmax()
    spread = high - low
    scaled = (values - low) / spread.clamp_min(torch.finfo(values.dtype).tiny)
    lower = _two_means(scaled)
    for _ in range(rounds):
        share, mean, variance = _fit(scaled, lower)
        lower = _posterior(scaled, share, mean, variance)
    share, mean, variance = (part[mean.argsort()] for part in (share, mean, variance))
    between = scaled.clamp(mean[0], mean[1])
    lower = _posterior(between, share, mean, variance)
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


def _fit(values: Tensor, lower: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Shares, means and variances [2] of the components, the lower first."""
    belongs = torch.stack([lower, 1 - lower])  # [2, N]
    # A component that has died out must not divide by 0.
    weight = belongs.sum(1).clamp_min(1e-12)
    mean = (belongs * values).sum(1) / weight
    variance = (belongs * (values - mean[:, None]).square()).sum(1) / weight
    return weight / len(values), mean, variance.clamp_min(VARIANCE_FLOOR)


def _posterior(values: Tensor, share: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """Of the first component, [N]."""
    distance = (values - mean[:, None]).square() / variance[:, None]
    density = share.log()[:, None] - (distance + variance.log()[:, None]) / 2
    return (density[0] - density[1]).sigmoid()
