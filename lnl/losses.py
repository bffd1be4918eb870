"""Losses: logits in, one value per sample out; whoever trains weighs, selects and averages.

All are computed in float32 whatever comes in, and are finite at p = 0 and p = 1. ``p`` is the
softmax of the logits, ``p_y`` its entry at the given label, K the number of classes.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from lnl.shapes import Labels, Logits, ManyLabels, Mask, PerSample, Probabilities, Scalar

LOG1M_FLOOR = 1e-5
"""1 - p is held at this from below in log(1 - p): the loss ends at 11.513, its gradient at 0."""


def log_confidence(logits: Logits, labels: Labels) -> PerSample:
    """log p_y, [B]."""
    return logits.float().log_softmax(1).gather(1, labels[:, None])[:, 0]


def log1m(p: Tensor) -> Tensor:
    """log(1 - p), elementwise, with 1 - p held at ``LOG1M_FLOOR``.

    The gradient is exactly 0 beyond it, as in NLNL's released code: a class that the network is
    certain of is no longer pushed down.
    """
    return (1 - p).clamp_min(LOG1M_FLOOR).log()


def masked_mean(values: PerSample, mask: Mask) -> Scalar:
    """Mean of the values where the mask is true; 0 (with a gradient of 0) where it never is."""
    kept = torch.where(mask, values, torch.zeros_like(values))
    return kept.sum() / mask.sum().clamp_min(1)


# --- positive learning --------------------------------------------------------------------------


def cross_entropy(logits: Logits, labels: Labels) -> PerSample:
    """-log p_y.

    Source: NLNL (Kim et al., ICCV 2019), Eq. 1; PMNAR, Eq. 1.
    """
    return F.cross_entropy(logits.float(), labels, reduction="none")


def soft_cross_entropy(logits: Logits, targets: Probabilities) -> PerSample:
    """-Σ_k t_k log p_k for target distributions t [B, K].

    Source: NLNL, section 3.5 (pseudo-labelling with soft labels).
    """
    return -(targets * logits.float().log_softmax(1)).sum(1)


def absolute_error(logits: Logits, labels: Labels) -> PerSample:
    """Σ_k |p_k - [k = y]| = 2 (1 - p_y), in [0, 2]; its gradient is 2 p_y times that of CE.

    Source: MAE (Ghosh et al., AAAI 2017), as GCE (Zhang & Sabuncu, NeurIPS 2018) compares with it.
    """
    return -2 * torch.expm1(log_confidence(logits, labels))


def reverse_cross_entropy(logits: Logits, labels: Labels) -> PerSample:
    """-Σ_k p_k log [k = y] with log 0 held at log 1e-4: 9.21 (1 - p_y).

    Source: SCE (Wang et al., ICCV 2019), the reverse term, held where its released code holds it.
    """
    return -math.log(1e-4) / 2 * absolute_error(logits, labels)


# --- negative learning --------------------------------------------------------------------------


def complementary_labels(
    labels: Labels, num_classes: int, draws: int, generator: torch.Generator
) -> ManyLabels:
    """``draws`` labels a sample, uniform over the K - 1 classes other than its own, [B, draws].

    Source: NLNL, section 3.1.
    """
    shift = torch.randint(
        1, num_classes, (len(labels), draws), generator=generator, device=labels.device
    )
    return (labels[:, None] + shift) % num_classes


def negative_learning(logits: Logits, complementary: ManyLabels) -> PerSample:
    """-Σ_m log(1 - p_m) over the complementary labels [B, M].

    Source: NLNL, Eq. 2; the sum over several labels is its extension to 100 classes.
    """
    return -log1m(logits.float().softmax(1).gather(1, complementary)).sum(1)


def multi_negative_learning(logits: Logits, negatives: Tensor) -> PerSample:
    """ML: -Σ log(1 - p_k) over the classes k where ``negatives`` [B, K] bool is true.

    Source: PMNAR, Eq. 6.
    """
    return -(log1m(logits.float().softmax(1)) * negatives).sum(1)


def positive_multi_negative(logits: Logits, labels: Labels, negatives: Tensor) -> PerSample:
    """PM: cross entropy on the given label plus ML on the complementary set.

    Source: PMNAR, Eq. 7.
    """
    return cross_entropy(logits, labels) + multi_negative_learning(logits, negatives)


def adaptive_weights(confidence: Tensor) -> Tensor:
    """AR: c - min c over the whole training set, one column a network; multiplies any loss.

    Source: PMNAR, Eq. 4; the samples least believed count for nothing.
    """
    confidence = confidence.detach()
    return confidence - confidence.min(0).values


# --- consistency, clustering, restoration -------------------------------------------------------


def kl_from(targets: Probabilities, logits: Logits) -> PerSample:
    """KL(targets ‖ softmax(logits)); no gradient into the targets, 0 log 0 = 0.

    Source: PMNAR, Eq. 9 (consistency against the ensemble).
    """
    targets = targets.detach().float()
    own: Tensor = torch.special.xlogy(targets, targets).sum(1)
    return own - (targets * logits.float().log_softmax(1)).sum(1)


def bootstrap(logits: Logits, labels: Labels, alpha: float | Scalar) -> PerSample:
    """alpha * CE(given label) + (1 - alpha) * CE(own arg-max, no gradient through it).

    Source: RFL (Tai et al., 2023), Eq. 12-13.
    """
    own = logits.detach().argmax(1)
    return alpha * cross_entropy(logits, labels) + (1 - alpha) * cross_entropy(logits, own)


def assignment_consistency(
    logits: Logits, augmented_logits: Logits, detach: bool = True
) -> PerSample:
    """R: -Σ_k q_k log q'_k between a view's cluster assignment and that of its augmentation.

    Without ``detach`` the gradient also flows through q, which then can flatten itself.
    Source: RFL, Eq. 9.
    """
    q = logits.float().softmax(1)
    return soft_cross_entropy(augmented_logits, q.detach() if detach else q)


def conditional_entropy(logits: Logits) -> PerSample:
    """H(c|x) = -Σ_k q_k log q_k.

    Source: RFL, Eq. 11.
    """
    logits = logits.float()
    return -(logits.softmax(1) * logits.log_softmax(1)).sum(1)


def confidence_penalty(logits: Logits) -> PerSample:
    """Σ_k p_k log p_k, the negative entropy: minimised, it keeps the network from being certain.

    Source: Pereyra et al., ICLR 2017; warm-up of SED (ECCV 2024) and ACT (ACM MM 2024).
    """
    return -conditional_entropy(logits)


def marginal_entropy(logits: Logits) -> Scalar:
    """H(c) of the batch's mean assignment.

    Source: RFL, Eq. 10, read on the batch mean: per sample the term would be a constant.
    """
    mean = logits.float().softmax(1).mean(0)
    entropy: Tensor = -torch.special.xlogy(mean, mean).sum()
    return entropy


def uniform_prior(logits: Logits) -> Scalar:
    """KL(uniform ‖ p̄) of the batch's mean prediction p̄: 0 where it is uniform.

    Source: Joint Optimization (Tanaka et al., CVPR 2018), L_p with equal classes; DivideMix (Li et
    al., ICLR 2020), Eq. 11.
    """
    log_p = logits.float().log_softmax(1)
    count, classes = log_p.shape
    # The mean of the logarithms' exponentials, never 0 before its logarithm is taken.
    log_mean = log_p.logsumexp(0) - math.log(count)
    return -log_mean.mean() - math.log(classes)


def restoration(restored: Tensor, images: Tensor) -> PerSample:
    """Mean squared error over C, H, W of each image.

    Source: RFL, Eq. 3.
    """
    return (restored.float() - images.float()).square().flatten(1).mean(1)


# --- forgetting and suppressing -----------------------------------------------------------------


def forget(logits: Logits, labels: Labels, floor: float = 1e-4) -> PerSample:
    """log p_y: minimised, it makes the network forget the given label (gradient ascent on CE).

    It has no lower bound, so the gradient stops where p_y < ``floor`` (0: never).
    Source: FINE, AFMU.
    """
    log_p = log_confidence(logits, labels)
    if floor <= 0:
        return log_p
    return torch.where(log_p < torch.tensor(floor).log(), log_p.detach(), log_p)
