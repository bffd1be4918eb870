"""Transition matrices [K, K]: estimated, inverted, and what they say of a label.

Source: Patrini et al., CVPR 2017, and their released code.
"""

import torch
from torch import Tensor

from lnl.errors import BadInput
from lnl.shapes import Labels, PerSample, Probabilities

MOST_CONDITION = 1e3


def estimated_matrix(p: Probabilities, quantile: float) -> Tensor:
    """Row i: the prediction [K] of the sample that is most surely of class i, among all [N, K].

    Samples at and above the ``quantile`` of p_i are taken for outliers, unless nobody else has any
    of p_i; 1 takes none for an outlier.
    """
    typical = p > 0
    if quantile < 1:
        typical = typical & (p < p.quantile(quantile, dim=0, interpolation="higher"))
    rows = p[torch.where(typical, p, p - 1).argmax(0)]
    return rows / rows.sum(1, keepdim=True)


def inverse(matrix: Tensor) -> Tensor:
    """Its inverse. Raises BadInput if it is all but singular."""
    condition = float(torch.linalg.cond(matrix.double()))
    if not condition <= MOST_CONDITION:
        raise BadInput(
            f"backward correction divides by the transition matrix, whose condition number may be "
            f"at most {MOST_CONDITION:g}, got {condition:.3g}: take less noise, or forward"
        )
    return matrix.double().inverse().to(matrix.dtype)


def invertible(matrix: Tensor) -> Tensor:
    """The matrix, drawn towards the identity in steps of 0.01 until it can be inverted."""
    shares = torch.linspace(0, 1, 101, dtype=torch.float64, device=matrix.device)
    identity = torch.eye(len(matrix), dtype=torch.float64, device=matrix.device)
    drawn = torch.lerp(matrix.double(), identity, shares[:, None, None])
    fits = torch.linalg.cond(drawn) <= MOST_CONDITION
    return drawn[fits.int().argmax()].to(matrix.dtype)


def given_is_true(p: Probabilities, labels: Labels, matrix: Tensor) -> PerSample:
    """The posterior that the given label is the true class: p_y T_yy / Σ_i p_i T_iy."""
    joint = p * matrix.T[labels]
    own = joint.gather(1, labels[:, None])[:, 0]
    return own / joint.sum(1).clamp_min(torch.finfo(joint.dtype).tiny)
