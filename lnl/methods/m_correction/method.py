"""M-correction: dynamic bootstrapping with mixup (Arazo et al., ICML 2019, arXiv 1904.11238).

Wrong labels keep a large loss for a while. A mixture of two beta distributions over the losses of
all samples says, once an epoch, how likely each of them is large; that much of the label is
replaced by the network's prediction. Strong mixup holds memorising back meanwhile.

Source: the paper's equations, the values of the released code. With predicted classes it is the
paper's M-DYR-H, with probabilities M-DYR-S. The clean score is the probability of a small loss. A
wrapper is shown the images unmixed.

Departs from the code: losses and the predictions that replace labels are those of eval mode, the
losses of images without augmentation (the code makes both in train mode, which shifts batch norm's
statistics, or on augmented images), and B is that of the epoch's start, not of the step.
"""

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.m_correction.card import CARDS
from lnl.methods.parts.beta_mixture import large_loss
from lnl.methods.parts.mixing import drawn_share, one_hot
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, part_of, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe

FLOOR = 1e-4  # of B and 1 - B


class MCorrectionSettings(MethodSettings):
    """The values for CIFAR."""

    warm_up_epochs: int = setting(
        105, "Epochs of mixup on the given labels", symbol="T_w", unit="epochs", ge=0
    )
    correction_epochs: int = setting(
        195, "Epochs in which labels of large loss are blended", unit="epochs", ge=0
    )
    alpha: float = setting(
        32.0, "Strength of the mixing: both parameters of Beta", symbol="a", gt=0, le=1000
    )
    replaced_by: Literal["hard", "soft"] = setting(
        "hard", "Labels are blended with the predicted class, or with the probabilities"
    )
    prior_weight: float = setting(
        1.0, "Weight of the uniform class prior on the batch's mean prediction", symbol="η", ge=0
    )


PRESETS = {
    "cifar": Preset(
        "CIFAR, paper",
        ("cifar10", "cifar100"),
        {"learning_rate": 0.1, "weight_decay": 1e-4},
        {
            "network": "preact-resnet18",
            "epochs": 0,
            "batch_size": 128,
            "milestones": (100 / 300, 250 / 300),
        },
    )
}


@register(*CARDS)
class MCorrection(Method):
    """One network, and how likely each loss is large."""

    Settings = MCorrectionSettings
    settings: MCorrectionSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.large = self.per_sample()  # B

    @classmethod
    def schedule(cls, settings: MCorrectionSettings, recipe: Recipe) -> list[StagePlan]:
        whole, first = stepped(settings.learning_rate, recipe), settings.warm_up_epochs
        total = max(1, first + settings.correction_epochs)

        def plans(start: int, end: int) -> dict[str, OptimiserPlan]:
            rate = part_of(whole, start, end, total)
            return {"network": sgd(settings, "network", learning_rate=rate)}

        return [
            StagePlan("warm-up", first, plans(0, first)),
            StagePlan("correction", settings.correction_epochs, plans(first, total)),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name == "correction":
            self.large.copy_(large_loss(epoch.predictions(self.network).losses))
        yield (Stream(),)

    def training_step(self, step: Step) -> StepOutput:
        batch, random = step.batch, step.random("mixup")
        corrects = step.stage.name == "correction"
        unmixed = self._unmixed(step) if corrects or step.show_filtered else None
        targets = one_hot(batch.given_labels, self.spec.num_classes)
        if corrects and unmixed is not None:
            targets = self._blended(targets, unmixed.detach(), self.large[batch.index])
        share = drawn_share(self.settings.alpha, random)
        other = torch.randperm(len(batch.index), generator=random, device=random.device)
        logits = self.network(share * batch.images + (1 - share) * batch.images[other]).logits
        mixed = share * targets + (1 - share) * targets[other]
        terms = {"soft_cross_entropy": losses.soft_cross_entropy(logits, mixed).mean()}
        if corrects:
            terms["prior"] = self.settings.prior_weight * losses.uniform_prior(logits)
        if not step.show_filtered or unmixed is None:
            return StepOutput(terms)
        return StepOutput(terms, {"network": Shown(unmixed, batch.given_labels, batch.index)})

    def _unmixed(self, step: Step) -> Tensor:
        """Logits of the images as they are; batch norm and dropout as in eval mode."""
        self.network.eval()
        with torch.set_grad_enabled(step.show_filtered):
            logits = self.network(step.batch.images).logits
        self.network.train()
        return logits

    def _blended(self, given: Tensor, unmixed: Tensor, large: Tensor) -> Tensor:
        own = unmixed.float().softmax(1)
        if self.settings.replaced_by == "hard":
            own = one_hot(own.argmax(1), own.shape[1])
        return torch.lerp(given, own, large.clamp(FLOOR, 1 - FLOOR)[:, None])

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        scores = 1 - large_loss(epoch.predictions(self.network).losses)
        return CleanScores(scores, scores > 0.5, 0.5)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"labels_replaced": self.large.mean()}
