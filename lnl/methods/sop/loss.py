"""The losses of SOP, given each sample's own numbers.

Source: SOP (Liu et al., ICML 2022) and its released code.
"""

from torch import Tensor
from torch.nn import functional as F

from lnl.shapes import Labels, Logits, PerSample, Probabilities

FLOOR = 1e-4  # of prediction and noise together, before they are normalised


def noise(u: Tensor, v: Tensor, labels: Labels) -> tuple[Tensor, Tensor]:
    """U = u² on the given label and V = v² on the others, each held within [0, 1], [B, K].

    ``u`` is [B, 1], ``v`` [B, K].
    """
    given = F.one_hot(labels, v.shape[1])
    return u.square().clamp(0, 1) * given, v.square().clamp(0, 1) * (1 - given)


def absorbed(logits: Logits, labels: Labels, u: Tensor, v: Tensor) -> Probabilities:
    """q = (p + U - V) / ‖·‖₁, held above 1e-4 before the division; no gradient into V, [B, K]."""
    add, take = noise(u, v, labels)
    q = (logits.float().softmax(1) + add - take.detach()).clamp_min(FLOOR)
    return q / q.sum(1, keepdim=True)


def absorbed_cross_entropy(logits: Logits, labels: Labels, u: Tensor, v: Tensor) -> PerSample:
    """-log q_y."""
    return -absorbed(logits, labels, u, v).gather(1, labels[:, None])[:, 0].log()


def absorbed_square(logits: Logits, labels: Labels, u: Tensor, v: Tensor) -> PerSample:
    """‖e + U - V - e_y‖² with the predicted class's e, which has no gradient."""
    add, take = noise(u, v, labels)
    classes = logits.shape[1]
    predicted = F.one_hot(logits.detach().argmax(1), classes)
    return (predicted + add - take - F.one_hot(labels, classes)).square().sum(1)
