"""Selection by the Jensen-Shannon divergence between prediction and label, even over the classes.

Source: UniCon (Karim et al., CVPR 2022), section 3.2.
"""

import math

import torch
from torch import Tensor

from lnl.shapes import Labels, Mask, PerSample, Probabilities, Scalar


def js_divergence(p: Probabilities, labels: Labels) -> PerSample:
    """JSD(p, e_y) = [KL(p ‖ m) + KL(e_y ‖ m)] / 2 with m = (p + e_y) / 2, in [0, ln 2].

    Of p only p_y counts: 0 where p_y = 1, ln 2 where p_y = 0.
    """
    p_y = p.gather(1, labels[:, None])[:, 0].clamp(0, 1)
    m_y = (1 + p_y) / 2
    # All other classes have m = p / 2, a ratio of 2 whatever their share.
    others = (1 - p_y) * math.log(2)
    own: Tensor = torch.special.xlogy(p_y, p_y / m_y)
    return (own + others - m_y.log()) / 2


def adaptive_cut(divergence: PerSample, limit: float, divisor: float) -> Scalar:
    """The mean; where that is above ``limit``, lowered by its distance from the least / divisor."""
    mean = divergence.mean()
    lowered = mean - (mean - divergence.min()) / divisor
    return torch.where(mean > limit, lowered, mean)


def smallest_per_class(
    values: PerSample, labels: Labels, num_classes: int, count: Tensor | int
) -> Mask:
    """The ``count`` smallest values of each class, all where it has no more, [N] bool.

    ``count`` is one number for all classes or one for each, [K].
    """
    order = values.argsort(stable=True)
    order = order[labels[order].argsort(stable=True)]  # by class, within it by value
    sizes = torch.nn.functional.one_hot(labels, num_classes).sum(0)
    own = labels[order]
    rank = torch.arange(len(labels), device=labels.device) - (sizes.cumsum(0) - sizes)[own]
    limit = count.expand(num_classes)[own] if isinstance(count, Tensor) else count
    chosen = torch.zeros_like(labels, dtype=torch.bool)
    chosen[order] = rank < limit
    return chosen
