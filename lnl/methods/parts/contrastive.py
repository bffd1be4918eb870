"""Contrastive losses on L2-normalised projections of features."""

import torch
from torch import Tensor

from lnl.shapes import PerSample


def normalised(projections: Tensor) -> Tensor:
    """Rows of length 1, float32."""
    return torch.nn.functional.normalize(projections.float(), dim=1)


def simclr(first: Tensor, second: Tensor, temperature: float) -> PerSample:
    """-log (exp(z_i z_j / T) / Σ_{k≠i} exp(z_i z_k / T)) for both views [B, D], j the other view.

    One value per view, [2 B]. Source: SimCLR (Chen et al., ICML 2020), Eq. 1.
    """
    rows = len(first)
    z = torch.cat([normalised(first), normalised(second)])
    similar = z @ z.T / temperature
    self_pairs = torch.eye(2 * rows, dtype=torch.bool, device=z.device)
    among = similar.masked_fill(self_pairs, -torch.inf)
    partner = torch.arange(2 * rows, device=z.device).roll(rows)
    return among.logsumexp(1) - similar.gather(1, partner[:, None])[:, 0]
