"""Plain small-loss selection: warm-up, then cross entropy on the losses a mixture calls small."""

from abc import abstractmethod
from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
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
from lnl.methods.schedule import Cosine, StagePlan, sgd
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class SmallLossSettings(MethodSettings):
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


class SmallLoss(Method):
    """Cross entropy on the small losses; which those are, a mixture says."""

    Settings = SmallLossSettings
    settings: SmallLossSettings
    presets = PRESETS

    @abstractmethod
    def small(self, each: Tensor) -> Tensor:
        """Probability of each loss [N] to be one of the small ones."""

    def build(self) -> None:
        self.network = self.new_network()
        self.selected = self.per_sample(fill=True, dtype=torch.bool)

    @classmethod
    def schedule(cls, settings: SmallLossSettings, recipe: Recipe) -> list[StagePlan]:
        falling = Cosine(settings.learning_rate, settings.end_learning_rate)
        warm = {"network": sgd(settings, "network", learning_rate=settings.learning_rate)}
        slower = {"network": sgd(settings, "network", learning_rate=falling)}
        return [
            StagePlan("warm-up", settings.warm_up_epochs, warm),
            StagePlan("selection", settings.selection_epochs, slower),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name == "selection":
            each = epoch.predictions(self.network).losses
            self.selected.copy_(self.small(each) > self.settings.threshold)
        yield (Stream(selected=self.selected),)

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
        scores = self.small(epoch.predictions(self.network).losses)
        return CleanScores(scores, scores > self.settings.threshold, self.settings.threshold)
