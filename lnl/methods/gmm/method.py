"""GMM: plain small-loss selection, the simplest way to choose what to learn from.

A network fits the majority of right labels first, so that mislabelled samples keep a large loss
for a while. A mixture of two Gaussians over the losses of all samples tells small from large once
an epoch, and only the small ones are trained on.

Source: the selection of DivideMix (Li et al., ICLR 2020), alone: one network, no mixing, no
pseudo-labels, with its fit (see ``parts/mixture.py``). The warm-up and the schedule are ours.

The sources' fit ends early where the modes lie close: on the digits with 70 % symmetric noise it
comes to a test accuracy of 0.41, all of 50 rounds (``rounds=50, tolerance=0``) to 0.54, the mean
of four seeds; at 40 % and with asymmetric noise the two are alike.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.gmm.card import CARDS
from lnl.methods.interface import (
    CleanScores,
    EpochContext,
    Pass,
    Shown,
    Step,
    StepOutput,
    Stream,
)
from lnl.methods.parts.mixture import ROUNDS, TOLERANCE, small_loss
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, StagePlan, sgd
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class GMMSettings(MethodSettings):
    """The schedule and the cut."""

    warm_up_epochs: int = setting(
        10,
        "Epochs of cross entropy on all samples, before the first selection",
        symbol="T_w",
        unit="epochs",
        ge=0,
    )
    selection_epochs: int = setting(
        90, "Epochs that train on the small losses only", unit="epochs", ge=0
    )
    threshold: float = setting(
        0.5, "Probability of a small loss above which a sample is trained on", ge=0, lt=1
    )
    rounds: int = setting(
        ROUNDS,
        "Rounds of the mixture's fit at most; 10 in the sources",
        ge=1,
        le=1000,
        advanced=True,
    )
    tolerance: float = setting(
        TOLERANCE,
        "Change of the mean log-likelihood in a round that ends the fit; 0: all rounds are taken",
        ge=0,
        le=1,
        advanced=True,
    )
    end_learning_rate: float = setting(
        5e-4, "Learning rate at the end (cosine, after the warm-up)", ge=0, le=10, advanced=True
    )


PRESETS = {
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 8, "selection_epochs": 32},
        {"epochs": 0},
    )
}


@register(*CARDS)
class GMM(Method):
    """Cross entropy on the small losses."""

    Settings = GMMSettings
    settings: GMMSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.selected = self.per_sample(fill=True, dtype=torch.bool)

    @classmethod
    def schedule(cls, settings: GMMSettings, recipe: Recipe) -> list[StagePlan]:
        falling = Cosine(settings.learning_rate, settings.end_learning_rate)
        warm = {"network": sgd(settings, "network", learning_rate=settings.learning_rate)}
        slower = {"network": sgd(settings, "network", learning_rate=falling)}
        return [
            StagePlan("warm-up", settings.warm_up_epochs, warm),
            StagePlan("selection", settings.selection_epochs, slower),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name == "selection":
            self.selected.copy_(self._small(epoch) > self.settings.threshold)
        yield (Stream(selected=self.selected),)

    def _small(self, epoch: EpochContext) -> Tensor:
        chosen, each = self.settings, epoch.predictions(self.network).losses
        return small_loss(each, chosen.rounds, chosen.tolerance)

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        selected = self.selected[batch.index]
        shown = Shown(logits, batch.given_labels, batch.index, selected)
        if step.selected == 0:
            return StepOutput({}, {"network": shown})
        each = losses.cross_entropy(logits, batch.given_labels)
        return StepOutput({"cross_entropy": losses.masked_mean(each, selected)}, {"network": shown})

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        scores = self._small(epoch)
        return CleanScores(scores, scores > self.settings.threshold, self.settings.threshold)
