"""JoCoR: joint training with co-regularisation (Wei et al., CVPR 2020).

Two networks are trained as one, with one loss: the cross entropy of both and the divergence of
their predictions. A wrong label is one on which networks hardly agree, so both learn only the
samples of a batch whose joint loss is small; how many are dropped rises from none to the noise
rate.

Source: the paper's algorithm, the released code's values, the authors' answer on λ.

Departs from the code: the prediction is the mean of both networks' probabilities; the clean score
is exp(-loss) of the joint loss, in (0, 1]. The selection of the record is the share that is not
dropped, of the smallest joint losses of all samples.
"""

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.co_teaching.pair import (
    COLOUR,
    GREY,
    Pair,
    PairSettings,
    adam,
    forget_rate,
)
from lnl.methods.interface import CleanScores, EpochContext, Shown, Step, StepOutput
from lnl.methods.jocor.card import CARDS
from lnl.methods.jocor.loss import symmetric_kl
from lnl.methods.parts.dropping import smallest
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan
from lnl.methods.settings import Preset, setting
from lnl.shapes import Recipe


class JoCoRSettings(PairSettings):
    """The values of CIFAR-10."""

    agreement: float = setting(
        0.9,
        "Share of the divergence in the joint loss; cross entropy has the rest",
        symbol="λ",
        ge=0,
        lt=1,
    )
    rate_share: float = setting(
        1.0,
        "Share of the noise rate that is dropped; 0.5 for asymmetric noise",
        gt=0,
        le=1,
        advanced=True,
    )


PRESETS = {
    "mnist": Preset("MNIST, paper", ("mnist",), recipe=GREY),
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), {"agreement": 0.9}, COLOUR),
    "cifar10-asymmetric": Preset(
        "CIFAR-10 with asymmetric noise, paper", (), {"agreement": 0.9, "rate_share": 0.5}, COLOUR
    ),
    "cifar10-80": Preset("CIFAR-10 with 80 % noise, paper", (), {"agreement": 0.65}, COLOUR),
    "cifar100": Preset(
        "CIFAR-100, paper", ("cifar100",), {"agreement": 0.85, "falls_from": 0.5}, COLOUR
    ),
}


@register(*CARDS)
class JoCoR(Pair):
    """Two networks, one optimiser, one selection."""

    Settings = JoCoRSettings
    settings: JoCoRSettings
    presets = PRESETS

    @classmethod
    def schedule(cls, settings: JoCoRSettings, recipe: Recipe) -> list[StagePlan]:
        return adam(settings, recipe, ("network_1", "network_2"))

    def training_step(self, step: Step) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        first, second = (network(batch.images).logits for network in self.predictors())
        terms = self._terms(first, second, labels)
        joint = torch.stack([each.detach() for each in terms.values()]).sum(0)
        selected = smallest(joint, self.forgotten(step), torch.ones_like(labels).bool())
        shown = {
            "network_1": Shown(first, labels, batch.index, selected),
            "network_2": Shown(second, labels, batch.index, selected),
        }
        means = {name: losses.masked_mean(each, selected) for name, each in terms.items()}
        return StepOutput(means, shown)

    def _terms(self, first: Tensor, second: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """The parts of the joint loss, [B] each."""
        share = self.settings.agreement
        return {
            "network_1.cross_entropy": (1 - share) * losses.cross_entropy(first, labels),
            "network_2.cross_entropy": (1 - share) * losses.cross_entropy(second, labels),
            "divergence": share * symmetric_kl(first, second),
        }

    def forgotten(self, at: Step | EpochContext) -> Tensor:
        return forget_rate(self.settings, self.settings.rate_share * self.noise_rate, at)

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        first, second = (epoch.predictions(network).logits for network in self.predictors())
        terms = self._terms(first, second, self.given_labels)
        joint = torch.stack([*terms.values()]).sum(0)
        everyone = torch.ones_like(self.given_labels).bool()
        return CleanScores(torch.exp(-joint), smallest(joint, self.forgotten(epoch), everyone))
