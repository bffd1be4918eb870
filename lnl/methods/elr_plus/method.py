"""ELR+: early-learning regularisation with two networks (Liu et al., NeurIPS 2020).

As in ELR, each sample has a memory of what was predicted for it, and agreement with it is
rewarded. Here two networks are trained in turn, on mixed images; the memory of each is fed by the
running average of the other one's weights, on the images as they are.

Source: the paper (arXiv 2007.00151), the values of the released code.

Departs from the code: a weight average takes over batch norm's statistics and predicts in eval
mode (the code averages parameters alone, so that it is only valid in train mode), without a graph;
its predictions are held within [1e-4, 1 - 1e-4], as in ELR; the prediction is the mean of both
networks' probabilities, not of their logits. The clean score is the given label's share of both
memories. ``teacher_ramp`` counts steps, as there: the preset ``short`` has few.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.elr.loss import early_learning, remembered
from lnl.methods.elr_plus.card import CARDS
from lnl.methods.interface import CleanScores, EpochContext, Pass, Step, StepOutput, Stream
from lnl.methods.parts import ramps
from lnl.methods.parts.ema import follow
from lnl.methods.parts.mixing import drawn_order, folded_share, one_hot, pairs
from lnl.methods.parts.showing import unmixed
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.networks import Network
from lnl.shapes import Recipe


class ELRPlusSettings(MethodSettings):
    """The values of CIFAR-10 with symmetric noise."""

    strength: float = setting(3.0, "Weight of the agreement with the memory", symbol="λ", ge=0)
    memory: float = setting(
        0.7, "Share of the past in each sample's average prediction", symbol="β", ge=0, lt=1
    )
    alpha: float = setting(
        1.0, "Strength of the mixing: both parameters of Beta; 0: no mixing", symbol="α", ge=0
    )
    teacher_momentum: float = setting(
        0.997, "Share of the past in the weight averages, at each step", symbol="γ", ge=0, lt=1
    )
    teacher_ramp: int = setting(
        40000, "Steps of a network until that share is reached", unit="steps", ge=0, advanced=True
    )
    strength_ramp: float = setting(
        0.0, "Share of the run until λ is reached", ge=0, le=1, advanced=True
    )
    reweigh: bool = setting(
        False, "Weigh the classes of the mixed label by the memory (100 classes)", advanced=True
    )


PAPER = {"learning_rate": 0.02, "weight_decay": 5e-4}
RECIPE = {
    "network": "preact-resnet18",
    "epochs": 200,
    "batch_size": 128,
    "milestones": (150 / 200,),
}
PRESETS = {
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), PAPER, RECIPE),
    "cifar10-asymmetric": Preset(
        "CIFAR-10 with asymmetric noise, paper",
        (),
        {**PAPER, "strength": 1.0, "memory": 0.9},
        RECIPE,
    ),
    "cifar100": Preset(
        "CIFAR-100, paper",
        ("cifar100",),
        # 40,000 of 250 x 391 steps
        {**PAPER, "strength": 7.0, "memory": 0.9, "strength_ramp": 0.41, "reweigh": True},
        {**RECIPE, "epochs": 250, "milestones": (200 / 250,)},
    ),
    "mini-webvision": Preset(
        "mini-WebVision, paper, with PreAct-ResNet-18 for Inception-ResNet-v2",
        ("mini-webvision",),
        {**PAPER, "alpha": 1.5},
        {**RECIPE, "epochs": 100, "milestones": (0.5,)},
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"teacher_momentum": 0.97, "teacher_ramp": 200},
    ),
}
NETWORKS = ("network_1", "network_2")


@register(*CARDS)
class ELRPlus(Method):
    """Two networks, the average of each one's weights, and a memory for each."""

    Settings = ELRPlusSettings
    settings: ELRPlusSettings
    presets = PRESETS

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()
        self.teacher_1, self.teacher_2 = self.new_network(), self.new_network()
        for teacher, network in zip(self.teachers(), self.predictors(), strict=True):
            teacher.requires_grad_(False).load_state_dict(network.state_dict())
        self.targets = self.per_sample(2, self.spec.num_classes)
        self.steps = nn.Buffer(torch.zeros(2, dtype=torch.long))  # of each network

    @classmethod
    def schedule(cls, settings: ELRPlusSettings, recipe: Recipe) -> list[StagePlan]:
        rate = stepped(settings.learning_rate, recipe)
        plans = {name: sgd(settings, name, learning_rate=rate) for name in NETWORKS}
        return [StagePlan("train", recipe.epochs, plans)]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        for _ in NETWORKS:
            yield (Stream(),)

    def training_step(self, step: Step) -> StepOutput:
        own, batch, chosen = step.pass_index, step.batch, self.settings
        network, name = self.predictors()[own], NETWORKS[own]
        targets = self._remember(step)
        share, order = self._drawn(step)
        q = pairs(targets, share, order)
        logits = network(pairs(batch.images, share, order)).logits
        labels = pairs(one_hot(batch.given_labels, self.spec.num_classes), share, order)
        if chosen.reweigh:
            labels = reweighed(labels, q)
        strength = chosen.strength * ramps.sigmoid(step.progress, chosen.strength_ramp)
        terms = {
            f"{name}.cross_entropy": losses.soft_cross_entropy(logits, labels).mean(),
            f"{name}.early_learning": strength * early_learning(logits, q).mean(),
        }
        if not step.show_filtered:
            return StepOutput(terms)
        return StepOutput(terms, {name: unmixed(network, step.batches)})

    @torch.no_grad()
    def _remember(self, step: Step) -> Tensor:
        """What the other network's average says goes into this one's memory; [B, K]."""
        own, batch = step.pass_index, step.batch
        logits = self.teachers()[1 - own].eval()(batch.images).logits
        targets = remembered(self.targets[batch.index, own], logits, self.settings.memory)
        self.targets[batch.index, own] = targets
        return targets

    def _drawn(self, step: Step) -> tuple[Tensor, Tensor]:
        """The share of the first of each pair, and with whom each is paired."""
        random, alpha = step.random("mixup"), self.settings.alpha
        order = drawn_order(len(step.batch.index), random)
        share = folded_share(alpha, random) if alpha else torch.ones((), device=order.device)
        return share, order

    def after_step(self, step: Step) -> None:
        own, chosen = step.pass_index, self.settings
        self.steps[own] += 1
        momentum = chosen.teacher_momentum * ramps.sigmoid_of(self.steps[own], chosen.teacher_ramp)
        follow(self.teachers()[own], self.predictors()[own], momentum)

    def predictors(self) -> list[Network]:
        return [self.network_1, self.network_2]

    def teachers(self) -> list[Network]:
        """The average of each network's weights."""
        return [self.teacher_1, self.teacher_2]

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        both = self.targets.mean(1)
        own = both.gather(1, self.given_labels[:, None])[:, 0]
        scores = own / both.sum(1).clamp_min(1e-12)
        return CleanScores(scores, scores > 0.5, 0.5)


def reweighed(labels: Tensor, q: Tensor) -> Tensor:
    """The mixed label's classes, weighted by the memory: y' q / Σ y' q, [B, K]."""
    weighted = labels * q
    return weighted / weighted.sum(1, keepdim=True).clamp_min(1e-12)
