"""NCT: noisy concurrent training (Sarfraz et al., WACV 2021, arXiv 2009.08325).

Two networks learn from labels and from each other's softened predictions. What both agree on is
seldom a memorised label, so reliance on the other network grows; and for each of them a growing
share of the labels is replaced by random classes, differently in every step, so that there is
little to memorise.

Source: the released code's loss, ramps and values. A replaced label may be the one it was, so that
a share r (K - 1) / K changes. It has no clean score of its own: samples are ranked by the mean
confidence of both networks. That stays low where most labels are random, so the usual cut at 1/2
calls nearly all of them mislabelled, and only their order counts.

Departs from the code: the prediction is the mean of both networks' probabilities (the code adds
their logits); ramps are shares of the run. The values for each data set are not in the repository.
"""

import math

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import EpochContext, Shown, Step, StepOutput
from lnl.methods.nct.card import CARDS
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.networks import Network
from lnl.shapes import Labels, Logits, PerSample, Recipe


class NCTSettings(MethodSettings):
    """The values of the released code."""

    temperature: float = setting(
        4.0, "Temperature of the predictions that teach", symbol="T", gt=0, le=100
    )
    reliance: float = setting(
        0.9, "Share of the loss that the other network has in the end", symbol="a", ge=0, le=1
    )
    ramp: float = setting(
        20 / 200, "Share of the run until then", symbol="L", ge=0, le=1, advanced=True
    )
    first_random: float = setting(
        0.2, "Share of labels replaced by random classes at first", ge=0, le=1
    )
    last_random: float = setting(0.7, "Share of labels replaced in the end", ge=0, le=1)
    rises_from: float = setting(
        3 / 200, "Share of the run after which it rises", symbol="w", ge=0, lt=1, advanced=True
    )


PRESETS = {
    "cifar": Preset(
        "CIFAR and Tiny-ImageNet, released code",
        ("cifar10", "cifar100", "tiny-imagenet"),
        {"learning_rate": 0.1, "weight_decay": 5e-4},
        {
            "network": "preact-resnet18",
            "epochs": 200,
            "batch_size": 128,
            "milestones": (60 / 200, 120 / 200, 160 / 200),
            "decay": 0.2,
        },
    )
}


@register(*CARDS)
class NCT(Method):
    """Two networks that teach each other."""

    Settings = NCTSettings
    settings: NCTSettings
    presets = PRESETS

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()

    @classmethod
    def schedule(cls, settings: NCTSettings, recipe: Recipe) -> list[StagePlan]:
        rate = stepped(settings.learning_rate, recipe)
        names = ("network_1", "network_2")
        plans = {name: sgd(settings, name, learning_rate=rate) for name in names}
        return [StagePlan("train", recipe.epochs, plans)]

    def predictors(self) -> list[Network]:
        return [self.network_1, self.network_2]

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        both = [network(batch.images).logits for network in self.predictors()]
        share, rate = reliance(chosen, step), randomness(chosen, step)
        terms, shown = {}, {}
        for name, own, other in zip(("network_1", "network_2"), both, both[::-1], strict=True):
            labels = randomised(
                batch.given_labels, own.shape[1], rate, step.random(f"{name}.labels")
            )
            taught = distillation(own, other, chosen.temperature)
            terms[f"{name}.cross_entropy"] = (1 - share) * losses.cross_entropy(own, labels).mean()
            terms[f"{name}.distillation"] = share * taught.mean()
            shown[name] = Shown(own, batch.given_labels, batch.index)
        return StepOutput(terms, shown)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        chosen = self.settings
        return {
            "reliance": torch.tensor(reliance(chosen, epoch)),
            "random_labels": torch.tensor(randomness(chosen, epoch)),
        }


def reliance(chosen: NCTSettings, at: Step | EpochContext) -> float:
    """a_e: exp(-5 (1 - e / L)²) times its final value; that value from L on."""
    done = at.stage_epoch / at.stage.epochs
    gone = min(done / chosen.ramp, 1.0) if chosen.ramp else 1.0
    return chosen.reliance * math.exp(-5 * (1 - gone) ** 2)


def randomness(chosen: NCTSettings, at: Step | EpochContext) -> float:
    """r_e: the share of labels replaced, which rises with the logarithm of the epoch."""
    total = at.stage.epochs * (1 - chosen.rises_from)
    gone = max(1.0, at.stage_epoch - chosen.rises_from * at.stage.epochs)
    rise = math.log(gone) / math.log(total) if total > gone else 0.0
    return chosen.first_random + (chosen.last_random - chosen.first_random) * rise


def randomised(labels: Labels, classes: int, rate: float, random: torch.Generator) -> Labels:
    """Each label replaced, with this probability, by a class drawn uniformly, itself included."""
    device = labels.device
    replaced = torch.rand(len(labels), generator=random, device=device) < rate
    drawn = torch.randint(classes, labels.shape, generator=random, device=device)
    return torch.where(replaced, drawn, labels)


def distillation(logits: Logits, teacher: Logits, temperature: float) -> PerSample:
    """T² KL(q ‖ p) of softened predictions; no gradient into the teacher's q."""
    targets = (teacher.float() / temperature).softmax(1)
    return temperature**2 * losses.kl_from(targets, logits.float() / temperature)
