"""The two losses of JNPL.

Source: JNPL (Kim et al., CVPR 2021), NL+ and PL+.
"""

import torch
from torch import Tensor

from lnl import losses
from lnl.shapes import Labels, Logits, ManyLabels, Mask, PerSample


def negative_plus(logits: Logits, complementary: ManyLabels) -> PerSample:
    """-Σ_m w log(1 - p_m), w = 1 - p_m without gradient, over the complementary labels [B, M].

    Gradient p (1 - p) at a complementary label, -p p_k elsewhere.
    """
    p = logits.float().softmax(1).gather(1, complementary)
    return -((1 - p).detach() * losses.log1m(p)).sum(1)


def positive_plus(logits: Logits, labels: Labels, order: int) -> PerSample:
    """-v log p_y, v = Π_{n=0}^{order} (1 + p_y^(2^n)) without gradient.

    The product is that of (1 - p_y^(2^(order + 1))) / (1 - p_y), so the gradient at the label is
    -(1 - p_y^(2^(order + 1))): it stays near -1 until the label is nearly certain.
    """
    log_p = losses.log_confidence(logits, labels)
    weight = torch.ones_like(log_p)
    for n in range(order + 1):
        weight = weight * (1 + torch.exp(2**n * log_p.detach()))
    return -weight * log_p


def sure(logits: Logits, random: torch.Generator) -> tuple[Labels, Mask]:
    """The predicted class, and who learns it: all other classes are below 1/K, and drawn by p."""
    p = logits.detach().float().softmax(1)
    best, predicted = p.max(1)
    second: Tensor = p.topk(2, 1).values[:, 1]
    drawn = torch.rand(len(p), generator=random, device=p.device) < best
    return predicted, (second < 1 / p.shape[1]) & drawn
