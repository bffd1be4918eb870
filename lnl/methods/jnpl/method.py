"""JNPL: joint negative and positive learning (Kim et al., CVPR 2021, arXiv 2104.06574).

The successor of NLNL in one stage. Negative learning is weighted so that complementary labels that
are believed, hence probably wrong, no longer pull hardest; positive learning on the predicted class
of sure samples runs beside it, with a pull that does not fade as they become surer. Samples whose
given label is believed are then kept, and new networks are trained with pseudo-labels as in NLNL.

Source: second-hand, since neither code nor a text of the paper was at hand: equations and the
values of λ, N and the schedule are from the specification of this project. That PL+ learns the
predicted class, not the given label, is the one point that could not be confirmed. The pseudo-label
stages have NLNL's schedule, its number of complementary labels is NLNL's too, and the confidence
that decides who is kept is p_y of the network at the end of the joint stage. Means are over the
whole batch, also that of the samples that PL+ is about.

NL+ hardly pushes down a class that is predicted with certainty, so a network that rushes into wrong
classes stays there. With one complementary label it does so in a short run: on the digits with 40 %
symmetric noise it ends at a test accuracy of 0.39 in 60 epochs, and in 200. The preset ``short``
draws five at a lower rate and ends at 0.95, cross entropy at 0.70 (one seed).
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.jnpl.card import CARDS
from lnl.methods.jnpl.loss import negative_plus, positive_plus, sure
from lnl.methods.nlnl.method import default_draws
from lnl.methods.parts.pseudo_labels import believed, gather, pseudo_stages
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan, Steps, sgd
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class JNPLSettings(MethodSettings):
    """The values for CIFAR."""

    joint_epochs: int = setting(
        1000, "Epochs of negative and positive learning", unit="epochs", ge=0
    )
    filtered_epochs: int = setting(
        480, "Epochs of a new network on the samples kept as clean", unit="epochs", ge=0
    )
    soft_epochs: int = setting(
        480, "Epochs of a new network on all samples, soft labels for the rest", unit="epochs", ge=0
    )
    positive_weight: float = setting(0.01, "Weight of positive learning", symbol="λ", ge=0)
    order: int = setting(3, "How long the pull of positive learning lasts", symbol="N", ge=0, le=10)
    threshold: float = setting(
        0.5, "Confidence above which a sample is kept as clean", symbol="γ", ge=0, lt=1
    )
    complementary_labels: int = setting(
        0,
        "Complementary labels per sample and step; 0: K(K-1)/90, so 1 for 10 classes, 110 for 100",
        ge=0,
        le=1000,
    )
    pseudo_learning_rate: float = setting(
        0.1,
        "Learning rate of the pseudo-label stages, ÷10 at 40 % and 60 %",
        gt=0,
        le=10,
        advanced=True,
    )


PRESETS = {
    "cifar": Preset(
        "CIFAR, as quoted",
        ("cifar10", "cifar100"),
        {"learning_rate": 0.01, "weight_decay": 1e-4},
        {"network": "resnet34", "epochs": 0, "batch_size": 128},
    ),
    "short": Preset(
        "Five complementary labels a step, since one needs hundreds of epochs",
        ("digits", "shapes"),
        {"learning_rate": 0.02, "complementary_labels": 5, "pseudo_learning_rate": 0.05},
    ),
}


@register(*CARDS)
class JNPL(Method):
    """One network at a time, and how far it believed each given label."""

    Settings = JNPLSettings
    settings: JNPLSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.confidence = self.per_sample(fill=1)  # p_y at the end of the last joint epoch
        self.soft = self.per_sample(self.spec.num_classes)  # soft labels of the filtered stage

    @classmethod
    def schedule(cls, settings: JNPLSettings, recipe: Recipe) -> list[StagePlan]:
        falling = Steps(settings.learning_rate, (0.8,), 0.1)
        joint = {"network": sgd(settings, "network", learning_rate=falling)}
        rate, filtered = settings.pseudo_learning_rate, settings.filtered_epochs
        return [
            StagePlan("joint", settings.joint_epochs, joint),
            *pseudo_stages(settings, rate, filtered, settings.soft_epochs),
        ]

    @property
    def _kept(self) -> Tensor:
        return self.confidence > self.settings.threshold

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        yield (Stream(selected=self._kept if epoch.stage.name == "filtered" else None),)
        if epoch.stage.name == "joint":
            self.confidence.copy_(epoch.predictions(self.network).confidence)

    def training_step(self, step: Step) -> StepOutput:
        batch, name = step.batch, step.stage.name
        logits = self.network(batch.images).logits
        kept = self._kept[batch.index]
        if name == "filtered":
            gather(self.soft, step, logits.detach().float().softmax(1))
        selected = torch.ones_like(kept) if name == "joint" else kept
        shown = Shown(logits, batch.given_labels, batch.index, selected)
        terms = {} if step.selected == 0 else self._losses(step, logits, kept)
        return StepOutput(terms, {"network": shown})

    def _losses(self, step: Step, logits: Tensor, kept: Tensor) -> dict[str, Tensor]:
        labels, chosen = step.batch.given_labels, self.settings
        match step.stage.name:
            case "joint":
                complementary = losses.complementary_labels(
                    labels,
                    self.spec.num_classes,
                    chosen.complementary_labels or default_draws(self.spec.num_classes),
                    step.random("complementary labels"),
                )
                predicted, learns = sure(logits, step.random("positive learning"))
                positive = learns * positive_plus(logits, predicted, chosen.order)
                return {
                    "negative_learning": negative_plus(logits, complementary).mean(),
                    "positive_learning": chosen.positive_weight * positive.mean(),
                }
            case "filtered":
                each = losses.cross_entropy(logits, labels)
                return {"cross_entropy": losses.masked_mean(each, kept)}
            case _:
                targets = believed(self.soft[step.batch.index], labels, kept)
                each = losses.soft_cross_entropy(logits, targets)
                return {"soft_cross_entropy": each.mean()}

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        return CleanScores(self.confidence, self._kept, self.settings.threshold)
