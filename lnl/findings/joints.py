"""What a joint of given labels and classes says of the noise; of numpy arrays and tensors alike."""

from __future__ import annotations

from typing import Any


def by_true_class(joint: Any) -> Any:
    """The transition matrix [K, K], row = true class, of a joint [K, K], row = given label.

    Counts or shares. A class that nobody is of has a row of zeros.
    """
    return joint.T / joint.sum(0)[:, None].clip(min=1e-12)


def noise_rate(joint: Any) -> float:
    """The share of samples whose given label is not their class."""
    return max(0.0, float(1 - joint.trace() / joint.sum()))  # rounded, it may be less
