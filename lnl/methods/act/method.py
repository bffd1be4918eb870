"""ACT: asymmetric co-training (Sheng et al., ACM MM 2024).

Two networks are unequal on purpose: network 2 learns every given label and in time memorises,
network 1 learns only what looks clean. A label that both predict is clean; one that only network 2
predicts is taken for a hard clean sample, but only until network 2 is so far ahead on the given
labels that it must be memorising. Samples chosen more often before weigh more.

Source: the authors' code; the paper's text was not at hand.

Departs from the code: the learning rate is 0.05, falling to 5e-4, as in the sister methods on the
same network (``released``: the script's 0.001 throughout its cosine); the confidence penalty is
Σ p log p (the code clamps logits first); nothing selected gives 0, not NaN; strong views are
RandAugment's, not AutoAugment's. Counts go up before they are read as weights, as in the code.
"""

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.act.card import CARDS
from lnl.methods.base import Method
from lnl.methods.interface import (
    CleanScores,
    EpochContext,
    Pass,
    Shown,
    Step,
    StepOutput,
    Stream,
)
from lnl.methods.parts.protocol import CIFAR, ProtocolSettings, two_stages
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan
from lnl.methods.settings import Preset, setting
from lnl.networks import Network
from lnl.shapes import Recipe


class ACTSettings(ProtocolSettings):
    """The values of the authors' CIFAR script, but for the learning rate."""

    gap_limit: float = setting(
        0.025,
        "Lead of network 2 on the given labels, as a share of network 1's accuracy, above which "
        "labels that only it predicts are no longer believed",
        symbol="τ",
        ge=0,
        le=10,
    )
    gap_from: Literal["batch", "epoch"] = setting(
        "batch", "Measure the lead on the batch (code) or on the epoch so far", advanced=True
    )
    strong_share: float = setting(
        0.2, "Share of the loss on strongly augmented images", ge=0, le=1, advanced=True
    )
    memory: float = setting(
        0.8,
        "Share of the past in each sample's average prediction, which relabels it if not chosen",
        ge=0,
        lt=1,
        advanced=True,
    )
    believe_network_1: bool = setting(
        False, "Also choose labels that only network 1 predicts (web scripts)", advanced=True
    )


PRESETS = {
    "cifar": Preset("CIFAR, authors' script", ("cifar10", "cifar100"), recipe=CIFAR),
    "released": Preset(
        "CIFAR, authors' script with its learning rate", (), {"learning_rate": 0.001}, CIFAR
    ),
    "web": Preset(
        "Authors' scripts for web images",
        ("web-aircraft", "web-bird", "web-car"),
        {"believe_network_1": True},
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 8, "selection_epochs": 32},
        {"epochs": 0},
    ),
}


@register(*CARDS)
class ACT(Method):
    """Network 1 is the robust one (RTM), network 2 the one that is not (NTM)."""

    Settings = ACTSettings
    settings: ACTSettings
    presets = PRESETS

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()
        self.count = self.per_sample(dtype=torch.long)  # how often each was chosen
        self.average = self.per_sample(self.spec.num_classes)  # of network 1's predictions
        self.average.scatter_(1, self.given_labels[:, None], 1.0)
        self.selected = self.per_sample(fill=True, dtype=torch.bool)  # at the last visit
        # Samples of this epoch whose given label was predicted by: both, 1 only, 2 only, neither.
        self.agreement = nn.Buffer(torch.zeros(4))
        self.mined = nn.Buffer(torch.zeros(()))  # samples of this epoch in batches with mining on

    @classmethod
    def schedule(cls, settings: ACTSettings, recipe: Recipe) -> list[StagePlan]:
        return two_stages(settings, settings.learning_rate, ("network_1", "network_2"))

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        self.agreement.zero_()
        self.mined.zero_()
        yield (Stream(("weak",) if epoch.stage.name == "warm-up" else ("weak", "strong")),)

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        labels, index = batch.given_labels, batch.index
        first = self.network_1(batch.images).logits
        second = self.network_2(batch.images).logits
        selected = self._choose(step, first, second)
        self.count[index] = self.count[index] + selected
        self.selected[index] = selected
        terms = {"network_2.cross_entropy": losses.cross_entropy(second, labels).mean()}
        each = losses.cross_entropy(first, labels)
        if step.stage.name == "warm-up":
            terms["network_1.cross_entropy"] = each.mean()
            terms["network_1.confidence_penalty"] = losses.confidence_penalty(first).mean()
            return StepOutput(terms, {"network_1": Shown(first, labels, index, selected)})
        inferred = self._remember(index, first)
        weights = self.count[index] / (step.epoch + 1)
        strong = self.network_1(batch.views[1]).logits
        targets = torch.where(selected, labels, inferred)
        share = self.settings.strong_share
        terms["network_1.cross_entropy"] = (1 - share) * losses.masked_mean(
            weights * each, selected
        )
        terms["network_1.strong"] = share * losses.cross_entropy(strong, targets).mean()
        return StepOutput(terms, {"network_1": Shown(first, labels, index, selected, inferred)})

    def _choose(self, step: Step, first: Tensor, second: Tensor) -> Tensor:
        """The rows that network 1 learns, [B] bool; in the warm-up all."""
        labels = step.batch.given_labels
        one, two = first.detach().argmax(1) == labels, second.detach().argmax(1) == labels
        now = torch.stack([one & two, one & ~two, ~one & two, ~one & ~two]).sum(1).float()
        self.agreement.add_(now)
        if step.stage.name == "warm-up":
            return torch.ones_like(one)
        lead = gap(self.agreement if self.settings.gap_from == "epoch" else now)
        mining = lead < self.settings.gap_limit
        self.mined.add_(mining * len(labels))
        chosen = (one & two) | (~one & two & mining)
        return chosen | (one & ~two) if self.settings.believe_network_1 else chosen

    def _remember(self, index: Tensor, logits: Tensor) -> Tensor:
        """Add to the samples' average predictions; what these now say, [B]."""
        memory, p = self.settings.memory, logits.detach().float().softmax(1)
        average = memory * self.average[index] + (1 - memory) * p
        self.average[index] = average
        return average.argmax(1)

    def predictors(self) -> list[Network]:
        return [self.network_1]

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        return CleanScores(self.count / (epoch.epoch + 1), self.selected)

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {
            "weight": self.count / (epoch.epoch + 1),
            "inferred_label": self.average.argmax(1),
        }

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        share = self.agreement / self.agreement.sum().clamp_min(1)
        names = ("both_agree", "only_network_1_agrees", "only_network_2_agrees", "neither_agrees")
        values = dict(zip(names, share, strict=True))
        # Infinite while network 1 is right nowhere: the record holds finite numbers.
        values["memorisation_gap"] = gap(self.agreement).clamp(max=10)
        values["mining"] = self.mined / self.agreement.sum().clamp_min(1)
        return values


def gap(agreement: Tensor) -> Tensor:
    """M = (acc_2 - acc_1) / acc_1 from counts [4]: both, 1 only, 2 only, neither right.

    Infinite if network 1 is right nowhere, so that nothing is mined.
    Source: ACT, the memorisation criterion.
    """
    both, one, two, _ = agreement
    right = both + one
    return torch.where(right > 0, (two - one) / right.clamp_min(1), torch.inf)
