"""APL: active passive losses (Ma et al., ICML 2020, arXiv 2006.13554).

Divided by its sum over all labels, any loss tolerates noise, but then it underfits. Two tolerant
losses help each other: an active one raises the probability of the given label, a passive one
lowers those of the others.

Source: the paper's equations; weights and schedules are those of the released configurations. MAE
is the reduced form 1 - p_y, half of that of the method ``mae``. ``beta=0`` trains on the active
loss alone. The paper's networks for MNIST and CIFAR-10 are not here: those presets keep the data
set's. It has no clean score of its own: samples are ranked by p_y.

Departs from the released code: reverse CE holds log 0 at log 1e-4 as in SCE, not at log 1e-7; its
normalised forms of MAE and of reverse CE, which none of its configurations uses, are left out.
"""

from dataclasses import replace
from typing import Literal

from torch import Tensor

from lnl import losses
from lnl.methods.apl.card import CARDS
from lnl.methods.apl.loss import (
    normalised_cross_entropy,
    normalised_focal,
    normalised_generalised,
)
from lnl.methods.base import Method
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, StagePlan, sgd
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class APLSettings(MethodSettings):
    """The values of the released code on CIFAR-10."""

    active: Literal["nce", "nfl", "ngce"] = setting(
        "nce", "Normalised active loss: cross entropy, focal loss or generalised cross entropy"
    )
    passive: Literal["mae", "rce"] = setting(
        "rce", "Passive loss: mean absolute error or reverse cross entropy"
    )
    alpha: float = setting(1.0, "Weight of the active loss", symbol="α", ge=0, le=100)
    beta: float = setting(1.0, "Weight of the passive loss", symbol="β", ge=0, le=100)
    gamma: float = setting(0.5, "Exponent of the focal loss", symbol="γ", ge=0, le=10)
    q: float = setting(0.1, "Normalised GCE: from NCE (near 0) to MAE (1)", symbol="q", gt=0, le=1)
    clip_norm: float = setting(5.0, "Largest norm of the gradient", gt=0, le=1e6, advanced=True)
    end_learning_rate: float = setting(
        0.0, "Learning rate at the end of the cosine", ge=0, le=10, advanced=True
    )


MNIST = {"learning_rate": 0.01, "weight_decay": 0.01, "end_learning_rate": 0.001, "beta": 10.0}
CIFAR10 = {"learning_rate": 0.01, "weight_decay": 1e-4}
CIFAR100 = {"learning_rate": 0.1, "weight_decay": 1e-5, "alpha": 10.0, "q": 0.7}
LONG = {"network": "resnet50", "epochs": 200, "batch_size": 128}
PRESETS = {
    "mnist": Preset("MNIST, paper", ("mnist",), MNIST, {"epochs": 50, "batch_size": 128}),
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), CIFAR10, {"epochs": 120, "batch_size": 128}),
    "cifar100": Preset("CIFAR-100 with RCE, paper", ("cifar100",), {**CIFAR100, "beta": 0.1}, LONG),
    "cifar100-mae": Preset(
        "CIFAR-100 with MAE, paper", settings={**CIFAR100, "passive": "mae"}, recipe=LONG
    ),
}


@register(*CARDS)
class APL(Method):
    """One network, two losses."""

    Settings = APLSettings
    settings: APLSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()

    @classmethod
    def schedule(cls, settings: APLSettings, recipe: Recipe) -> list[StagePlan]:
        falling = Cosine(settings.learning_rate, settings.end_learning_rate)
        plan = replace(sgd(settings, "", learning_rate=falling), clip_norm=settings.clip_norm)
        return [StagePlan("train", recipe.epochs, {"network": plan})]

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        logits, labels = self.network(batch.images).logits, batch.given_labels
        terms = {
            "active": chosen.alpha * self._active(logits, labels).mean(),
            "passive": chosen.beta * self._passive(logits, labels).mean(),
        }
        return StepOutput(terms, {"network": Shown(logits, labels, batch.index)})

    def _active(self, logits: Tensor, labels: Tensor) -> Tensor:
        match self.settings.active:
            case "nce":
                return normalised_cross_entropy(logits, labels)
            case "nfl":
                return normalised_focal(logits, labels, self.settings.gamma)
            case "ngce":
                return normalised_generalised(logits, labels, self.settings.q)

    def _passive(self, logits: Tensor, labels: Tensor) -> Tensor:
        if self.settings.passive == "mae":
            return losses.absolute_error(logits, labels) / 2
        return losses.reverse_cross_entropy(logits, labels)
