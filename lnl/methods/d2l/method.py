"""D2L: dimensionality-driven learning (Ma et al., ICML 2018, arXiv 1806.02612).

The local intrinsic dimensionality (LID) of the features falls while a network learns classes, and
rises when it begins to memorise single samples. At the turn D2L goes back by one epoch, and from
then on blends each label with the predicted class, the more the higher LID has risen.

Source: the paper's equations and its released code of 2018, whose test for the turn this is; the
later code begins with symmetric cross entropy, which is not in the paper. LID is measured at the
start of each epoch, in eval mode and without augmentation. It says nothing of single samples: they
are ranked by p_y.

Departs from the paper: its 8-layer network for CIFAR-10 and ResNet-44 for CIFAR-100 are not at
hand, the presets take the 7-layer one and the pre-activation ResNet-32. The first epochs, which are
not tested, are a share of the run. The features of all samples are computed, not of 1280 only.

α falls with the share of the run that is done, so it cannot help where labels are memorised early.
On the digits with 40 % symmetric noise LID is lowest at epoch 7 of 60 and the turn is seen at 12,
but α is still 0.8 there, and by epoch 25 most wrong labels are memorised: it ends at a test
accuracy of 0.65, cross entropy at 0.70 (one seed). The curve of LID is what it shows best.
"""

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.d2l.card import CARDS
from lnl.methods.interface import EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts.lid import mean_dimensionality
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings, Preset, setting


class D2LSettings(MethodSettings):
    """The values of CIFAR-10."""

    watch_from: float = setting(
        40 / 120, "Share of the run after which the turn is looked for", ge=0, le=1
    )
    window: int = setting(
        5,
        "Epochs with whose dimensionality the present one is compared",
        symbol="w",
        unit="epochs",
        ge=2,
        le=100,
    )
    deviations: float = setting(
        2.0, "Standard deviations above their mean from which it has turned", ge=0, advanced=True
    )


MNIST = {"network": "lenet5", "epochs": 50, "batch_size": 128, "milestones": (20 / 50, 40 / 50)}
CIFAR10 = {"network": "cnn7", "epochs": 120, "batch_size": 128, "milestones": (40 / 120, 80 / 120)}
CIFAR100 = {
    "network": "preact-resnet32",
    "epochs": 200,
    "batch_size": 128,
    "milestones": (80 / 200, 120 / 200, 160 / 200),
}
PRESETS = {
    "mnist": Preset(
        "MNIST, paper", ("mnist",), {"learning_rate": 0.1, "watch_from": 5 / 50}, MNIST
    ),
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), {"learning_rate": 0.1}, CIFAR10),
    "cifar100": Preset(
        "CIFAR-100, paper", ("cifar100",), {"learning_rate": 0.1, "watch_from": 60 / 200}, CIFAR100
    ),
    "short": Preset("Short, for small images", ("digits", "shapes"), {"watch_from": 0.1}),
}


@register(*CARDS)
class D2L(Method):
    """One network, its weights of an epoch ago, and the history of LID."""

    Settings = D2LSettings
    settings: D2LSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.previous = copy.deepcopy(self.network).requires_grad_(False)
        epochs = sum(stage.epochs for stage in self.plan)
        self.history = nn.Buffer(torch.zeros(epochs, dtype=torch.float64))
        self.turned = nn.Buffer(torch.zeros((), dtype=torch.bool))
        self.label_share = nn.Buffer(torch.ones(()))  # α

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        features = epoch.predictions(self.network).features
        self.history[epoch.stage_epoch] = mean_dimensionality(features, epoch.random("lid"))
        lids, chosen = self.history[: epoch.stage_epoch + 1], self.settings
        if not self.turned and self._watches(epoch):
            self.turned.copy_(turns(lids, chosen.window, chosen.deviations))
            if self.turned:
                self.network.load_state_dict(self.previous.state_dict())
        if self.turned:
            done = epoch.stage_epoch / epoch.stage.epochs
            self.label_share.copy_(torch.exp(-done * lids[-1] / lids.min()))
        self.previous.load_state_dict(self.network.state_dict())
        yield (Stream(),)

    def _watches(self, epoch: EpochContext) -> bool:
        first = round(self.settings.watch_from * epoch.stage.epochs, 6)
        return epoch.stage_epoch - self.settings.window >= first

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        loss = losses.bootstrap(logits, batch.given_labels, self.label_share).mean()
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"cross_entropy": loss}, {"network": shown})

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"lid": self.history[epoch.stage_epoch], "label_share": self.label_share}


def turns(lids: Tensor, window: int, deviations: float) -> Tensor:
    """Whether the last value lies so many deviations above the mean of the ``window`` before it."""
    before = lids[-window - 1 : -1]
    return lids[-1] - before.mean() > deviations * before.std(correction=0)
