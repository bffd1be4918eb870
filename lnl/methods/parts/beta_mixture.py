"""Large loss: a mixture of two beta distributions says which of the losses are the large ones.

Source: M-correction (Arazo et al., ICML 2019, arXiv 1904.11238), section 3.1, and its released
code: losses outside the 5th and 95th percentile are not fitted, the others are scaled to [0, 1] by
those; ten rounds of EM with weighted moments from Beta(1, 2) and Beta(2, 1).
"""

import torch
from torch import Tensor

PERCENTILES = 0.05, 0.95
ROUNDS = 10
START = (0.5, 0.5), (1.0, 2.0), (2.0, 1.0)  # shares, α, β
BINS = 100
MARGIN = 1e-3  # scaled losses are held this far from 0 and 1, where densities end


def large_loss(values: Tensor, rounds: int = ROUNDS) -> Tensor:
    """Probability of each value [N] to come from the component of higher mean, float32.

    Read from a table of 100 bins, flat after its maximum: the largest losses stay large, whatever
    the tails of the two say. Unchanged by a x + b with a > 0. Percentiles that are equal: 0,
    nothing stands out.
    """
    values = values.detach().double()
    low, high = (values.quantile(share) for share in PERCENTILES)
    spread = high - low
    inside = (values >= low) & (values <= high)
    scaled = (values - low) / spread.clamp_min(torch.finfo(values.dtype).tiny)
    scaled = scaled.clamp(MARGIN, 1 - MARGIN)
    bins = (scaled * BINS).long()
    found = _table(_fit(scaled, inside, rounds))[bins]
    return torch.where(spread > 0, found, torch.zeros_like(found)).float()


def _fit(values: Tensor, inside: Tensor, rounds: int) -> Tensor:
    """Shares, α and β of the two components [3, 2], from the values inside."""
    fitted = torch.tensor(START, dtype=values.dtype, device=values.device)
    for _ in range(rounds):
        belongs = _log_density(values, fitted).softmax(0) * inside  # [2, N]
        # A component that has died out must not divide by 0, nor one of equal values.
        weight = belongs.sum(1).clamp_min(1e-12)
        mean = ((belongs * values).sum(1) / weight).clamp(MARGIN, 1 - MARGIN)
        variance = (belongs * (values - mean[:, None]).square()).sum(1) / weight
        alpha = mean * (mean * (1 - mean) / variance.clamp_min(1e-9) - 1).clamp_min(1e-3)
        fitted = torch.stack([weight / weight.sum(), alpha, alpha * (1 - mean) / mean])
    return fitted


def _log_density(values: Tensor, fitted: Tensor) -> Tensor:
    """Of each component with its share, [2, N]."""
    share, alpha, beta = fitted[..., None].unbind()
    norm = torch.lgamma(alpha) + torch.lgamma(beta) - torch.lgamma(alpha + beta)
    density = share.log() - norm
    return density + (alpha - 1) * values.log() + (beta - 1) * torch.log1p(-values)


def _table(fitted: Tensor) -> Tensor:
    """Posterior of the component of higher mean in the middle of each bin, [BINS]."""
    share, alpha, beta = fitted
    fitted = fitted[:, (alpha / (alpha + beta)).argsort()]
    middles = (torch.arange(BINS, device=share.device, dtype=share.dtype) + 0.5) / BINS
    upper = _log_density(middles, fitted).softmax(0)[1]
    return torch.where(torch.arange(BINS, device=share.device) > upper.argmax(), upper.max(), upper)
