"""PHuber: partially Huberised losses (Menon et al., ICLR 2020).

Clipping the norm of the whole gradient does not make training robust to label noise. Clipping the
derivative of the loss with respect to the probability does: where a label is hardly believed, the
loss goes on as a straight line, and its pull on the logits falls to 0.

Source: the paper's equations. Values and schedules are those of the public implementation, which is
not by the authors. It has no clean score of its own: samples are ranked by p_y.
"""

from dataclasses import replace
from typing import Literal

from lnl.methods.base import Method
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.phuber.card import CARDS
from lnl.methods.phuber.loss import huberised_cross_entropy, huberised_generalised
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class PHuberSettings(MethodSettings):
    """The values for CIFAR-10."""

    loss: Literal["ce", "gce"] = setting("ce", "Which loss is linear where p_y is low")
    tau: float = setting(
        2.0, "Steepest slope in p_y; cross entropy is linear below 1/τ", symbol="τ", ge=1, le=1e6
    )
    q: float = setting(0.7, "Exponent of GCE", symbol="q", gt=0, lt=1)
    optimiser: Literal["sgd", "adam"] = setting(
        "sgd", "SGD with Nesterov momentum, or Adam", advanced=True
    )


CIFAR = {"learning_rate": 0.1, "momentum": 0.1, "weight_decay": 5e-4}
CIFAR10 = {"network": "resnet50", "epochs": 400, "batch_size": 64, "milestones": (0.4, 0.75, 0.9)}
CIFAR100 = {
    "network": "resnet50",
    "epochs": 200,
    "batch_size": 128,
    "milestones": (0.3, 0.6, 0.8),
    "decay": 0.2,
}
GCE = {"loss": "gce", "tau": 10.0}
PRESETS = {
    "mnist": Preset(
        "MNIST, public code",
        ("mnist",),
        {"optimiser": "adam", "learning_rate": 1e-3, "weight_decay": 0.0, "tau": 10.0},
        {"network": "lenet5", "epochs": 20, "batch_size": 32, "milestones": ()},
    ),
    "cifar10": Preset("CIFAR-10, public code", ("cifar10",), CIFAR, CIFAR10),
    "cifar100": Preset("CIFAR-100, public code", ("cifar100",), {**CIFAR, "tau": 10.0}, CIFAR100),
    "cifar10-gce": Preset("CIFAR-10, PHuber-GCE", settings={**CIFAR, **GCE}, recipe=CIFAR10),
    "cifar100-gce": Preset("CIFAR-100, PHuber-GCE", settings={**CIFAR, **GCE}, recipe=CIFAR100),
}


@register(*CARDS)
class PHuber(Method):
    """One network, one loss."""

    Settings = PHuberSettings
    settings: PHuberSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()

    @classmethod
    def schedule(cls, settings: PHuberSettings, recipe: Recipe) -> list[StagePlan]:
        rate = stepped(settings.learning_rate, recipe)
        plan = sgd(settings, "", learning_rate=rate, nesterov=settings.optimiser == "sgd")
        plan = replace(plan, kind=settings.optimiser)
        return [StagePlan("train", recipe.epochs, {"network": plan})]

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        logits = self.network(batch.images).logits
        if chosen.loss == "ce":
            each = huberised_cross_entropy(logits, batch.given_labels, chosen.tau)
        else:
            each = huberised_generalised(logits, batch.given_labels, chosen.tau, chosen.q)
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"huberised": each.mean()}, {"network": shown})
