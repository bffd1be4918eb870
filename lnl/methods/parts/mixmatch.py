"""MixMatch as DivideMix and its successors use it: labelled and unlabelled rows, mixed in pairs.

Source: MixMatch (Berthelot et al., NeurIPS 2019); DivideMix (Li et al., ICLR 2020), section 3.3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.parts.mixing import one_hot, pairs
from lnl.methods.settings import MethodSettings, setting
from lnl.networks import NetworkOutput
from lnl.shapes import Labels, Logits, PerSample, Probabilities, Scalar


class MixMatchSettings(MethodSettings):
    """The values that all take."""

    temperature: float = setting(
        0.5, "Temperature of the targets' sharpening", symbol="T", gt=0, le=1, advanced=True
    )
    alpha: float = setting(
        4.0, "Strength of the mixing: both parameters of Beta", symbol="α", gt=0, advanced=True
    )


Forward = Callable[[Tensor], NetworkOutput]


def sharpen(p: Probabilities, temperature: float) -> Probabilities:
    """p^{1/T} / Σ p^{1/T}: T = 1 leaves it, T near 0 makes it one-hot.

    From logarithms: squares of small probabilities would underflow.
    """
    return (p.log() / temperature).softmax(1)


@torch.no_grad()
def mean_prediction(network: Forward, views: Sequence[Tensor]) -> Probabilities:
    """The mean over the views of p, each view a forward of its own as in the released codes."""
    return torch.stack([network(view).logits.float().softmax(1) for view in views]).mean(0)


def refined(
    p: Probabilities, labels: Labels, weight: PerSample, temperature: float
) -> Probabilities:
    """Targets of labelled rows: sharpen(w e_y + (1 - w) p).

    Source: DivideMix, label co-refinement (Eq. 3 and 4).
    """
    w = weight[:, None]
    return sharpen(w * one_hot(labels, p.shape[1]) + (1 - w) * p, temperature)


@dataclass(frozen=True)
class Mixed:
    """Mixed rows: those whose larger part is labelled come first."""

    logits: Logits
    targets: Probabilities
    labelled: int  # how many rows

    def supervised(self) -> PerSample:
        """Cross entropy with the mixed target, of the labelled rows."""
        end = self.labelled
        return losses.soft_cross_entropy(self.logits[:end], self.targets[:end])

    def unsupervised(self) -> PerSample:
        """Mean over the classes of (p_k - t_k)², of the unlabelled rows."""
        end = self.labelled
        p = self.logits[end:].float().softmax(1)
        return (p - self.targets[end:]).square().mean(1)

    def imbalance(self) -> Scalar:
        """KL from the uniform distribution to the mean prediction of all rows."""
        return losses.uniform_prior(self.logits)


def mixmatch(
    network: Forward,
    labelled: tuple[Sequence[Tensor], Probabilities],
    unlabelled: tuple[Sequence[Tensor], Probabilities],
    share: Tensor,
    order: Tensor,
) -> Mixed:
    """One forward of all views of both kinds of rows, mixed across the kinds by one λ and one π."""
    views = [*labelled[0], *unlabelled[0]]
    targets = [labelled[1]] * len(labelled[0]) + [unlabelled[1]] * len(unlabelled[0])
    logits = network(pairs(torch.cat(views), share, order)).logits
    rows = len(labelled[1]) * len(labelled[0])
    return Mixed(logits, pairs(torch.cat(targets), share, order), rows)
