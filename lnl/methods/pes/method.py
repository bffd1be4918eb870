"""PES: progressive early stopping (Bai et al., NeurIPS 2021, arXiv 2106.15853).

The later a layer, the sooner it memorises wrong labels, so the layers are stopped one after the
other: after a short training of all, the last block and the head start anew and are trained for a
few epochs while the rest is kept, then the head alone. From then on only samples whose label the
network predicts are learned.

Source: the released code, whose values and schedule these are; its refined layers are never
trained again (``freeze_refined``). Batch norm keeps counting while its layer is frozen, as there.

Departs from the code: class weights are relative to the mean over the classes that have confident
samples, so that they keep their sum where a class has none; a network that is all last block and
head is not frozen, since nothing else could learn. A wrapper that asks for the samples left out
gets them from a second stream, which moves no statistics. SGD begins anew after the layers that
were refined.

A few dozen steps at the code's rate of 1e-4 teach new layers nothing: the preset ``short`` takes
1e-2, and comes to a test accuracy of 0.97 on the digits with 40 % symmetric noise, where 1e-4
comes to 0.57 (one seed).
"""

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts.freezing import forward_with_fixed
from lnl.methods.parts.showing import with_filtered
from lnl.methods.pes.card import CARDS
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, part_of, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class PESSettings(MethodSettings):
    """The values of CIFAR-10."""

    first_epochs: int = setting(
        25, "Epochs of all layers on all samples", symbol="T_1", unit="epochs", ge=0
    )
    block_epochs: int = setting(
        7, "Epochs of the last block and the head, anew", symbol="T_2", unit="epochs", ge=0
    )
    head_epochs: int = setting(5, "Epochs of the head, anew", symbol="T_3", unit="epochs", ge=0)
    selection_epochs: int = setting(
        175, "Epochs on the samples whose label is predicted", unit="epochs", ge=0
    )
    refining_rate: float = setting(
        1e-4, "Learning rate of Adam for layers that start anew", gt=0, le=1, advanced=True
    )
    freeze_refined: bool = setting(
        True, "Leave the last block and the head as they are from then on", advanced=True
    )


PAPER = {"learning_rate": 0.1, "weight_decay": 1e-4}
RECIPE = {"network": "resnet18", "epochs": 0, "batch_size": 128, "milestones": (0.5, 0.75)}
PRESETS = {
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), PAPER, RECIPE),
    "cifar100": Preset(
        "CIFAR-100, paper",
        ("cifar100",),
        {**PAPER, "first_epochs": 30, "selection_epochs": 170},
        {**RECIPE, "network": "resnet34"},
    ),
    "short": Preset("Short, for small images", ("digits", "shapes"), {"refining_rate": 1e-2}),
}
REFINED = ("network.last_block", "network.head")


@register(*CARDS)
class PES(Method):
    """One network, whose last layers are stopped before they memorise."""

    Settings = PESSettings
    settings: PESSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.scores = self.per_sample()
        self.class_weights = nn.Buffer(torch.ones(self.spec.num_classes))

    @classmethod
    def schedule(cls, settings: PESSettings, recipe: Recipe) -> list[StagePlan]:
        whole, first = stepped(settings.learning_rate, recipe), settings.first_epochs
        total = max(1, first + settings.selection_epochs)

        def main(start: int, end: int) -> dict[str, OptimiserPlan]:
            rate = part_of(whole, start, end, total)
            return {"network": sgd(settings, "network", learning_rate=rate)}

        def anew(parts: tuple[str, ...]) -> dict[str, OptimiserPlan]:
            return {"refined": OptimiserPlan(parts, settings.refining_rate, kind="adam")}

        head = REFINED[1:]
        return [
            StagePlan("all layers", first, main(0, first)),
            StagePlan("last block", settings.block_epochs, anew(REFINED), REFINED),
            StagePlan("head", settings.head_epochs, anew(head), head),
            StagePlan("selection", settings.selection_epochs, main(first, total)),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name != "selection":
            yield (Stream(),)
            return
        p = epoch.predictions(self.network, "weak", draws=2).probabilities
        self.scores.copy_(lead(p, self.given_labels))
        confident = self.scores > 0.5
        self.class_weights.copy_(balanced(self.given_labels[confident], self.spec.num_classes))
        yield tuple(Stream(index=rows.nonzero()[:, 0]) for rows in (confident, ~confident))

    def training_step(self, step: Step) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        logits = self._forward(step, batch.images)
        each = losses.cross_entropy(logits, labels)
        shown = Shown(logits, labels, batch.index, torch.ones_like(labels).bool())
        if step.show_filtered and len(step.batches) > 1:
            forward = partial(self._forward, step)
            shown = with_filtered(shown, step.batches[1], self.network, forward)
        if step.stage.name != "selection":
            return StepOutput({"cross_entropy": each.mean()}, {"network": shown})
        weights = self.class_weights[labels]
        loss = (weights * each).sum() / weights.sum()
        return StepOutput({"cross_entropy": loss}, {"network": shown})

    def _forward(self, step: Step, images: Tensor) -> Tensor:
        if step.stage.name != "selection" or not self.settings.freeze_refined:
            return self.network(images).logits
        parts = (self.network.last_block, self.network.head)
        return forward_with_fixed(self.network, parts, images).logits

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name != "selection":
            return None
        return CleanScores(self.scores, self.scores > 0.5, 0.5)


def lead(p: Tensor, labels: Tensor) -> Tensor:
    """(1 + p_y - max_k≠y p_k) / 2, [N]: above 1/2 where the given label is predicted."""
    own = p.gather(1, labels[:, None])
    others = p.scatter(1, labels[:, None], -1.0).max(1).values
    return (1 + own[:, 0] - others) / 2


def balanced(labels: Tensor, num_classes: int) -> Tensor:
    """n̄ / n_c [K] for the labels given, n̄ the mean over the classes that are there; absent: 0."""
    counts = torch.nn.functional.one_hot(labels, num_classes).sum(0).float()
    mean = counts.sum() / (counts > 0).sum().clamp_min(1)
    return torch.where(counts > 0, mean / counts.clamp_min(1), 0.0)
