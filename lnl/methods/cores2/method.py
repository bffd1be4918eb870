"""CORES²: confidence regularised sample sieve (Cheng et al., ICLR 2021, arXiv 2010.02347), phase 1.

Subtracting a multiple of the loss that random labels would have makes predictions confident. Then
a label whose loss is above the mean over all labels is hardly right, and its sample is sieved out,
in each step by the network as it is.

Source: the released code's loss, sieve and schedule. Its second phase, semi-supervised training for
1600 epochs, is left out. The clean score is the logistic function of z_y - mean z, so that the cut
at 0 is one at 1/2.

Departs from the code: β rises in a straight line over shares of the run. The code divides the
learning rate by 1 + β; here the loss is, which comes to the same since SGD has neither momentum nor
weight decay.

The sieve is coarse: it keeps whatever label is above the mean, so memorised labels pass. On the
digits with 40 % symmetric noise the paper's rate of 0.1 memorises before β has risen and ends at a
test accuracy of 0.67; the preset ``short``, at 0.01, at 0.95, cross entropy at 0.70 (one seed).
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.cores2.card import CARDS
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, stepped
from lnl.methods.settings import BareSettings, Preset, setting
from lnl.shapes import Labels, Logits, PerSample, Recipe

FLOOR = 1e-8  # added to probabilities in the regulariser


class CORES2Settings(BareSettings):
    """The values of the released code."""

    strength: float = setting(
        2.0, "Final weight of the confidence regulariser", symbol="β", ge=0, le=100
    )
    rises_from: float = setting(
        10 / 100, "Share of the run after which it rises", ge=0, lt=1, advanced=True
    )
    rises_until: float = setting(
        40 / 100, "Share of the run until which it rises", ge=0, le=1, advanced=True
    )
    sieve_from: float = setting(
        31 / 100, "Share of the run after which samples are sieved out", ge=0, le=1
    )
    learning_rate: float = setting(
        0.1, "Learning rate of SGD, without momentum", symbol="η", gt=0, le=10, advanced=True
    )


PRESETS = {
    "cifar": Preset(
        "CIFAR, paper",
        ("cifar10", "cifar100"),
        {"learning_rate": 0.1},
        {"network": "resnet34", "epochs": 100, "batch_size": 64, "milestones": (0.5,)},
    ),
    "short": Preset("Short, for small images", ("digits", "shapes"), {"learning_rate": 0.01}),
}


@register(*CARDS)
class CORES2(Method):
    """One network, who is kept, and the shares of the labels among them."""

    Settings = CORES2Settings
    settings: CORES2Settings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.kept = self.per_sample(fill=True, dtype=torch.bool)  # at the last visit
        self.prior = nn.Buffer(self._shares(torch.ones_like(self.given_labels)))  # π

    @classmethod
    def schedule(cls, settings: CORES2Settings, recipe: Recipe) -> list[StagePlan]:
        rate = stepped(settings.learning_rate, recipe)
        plans = {"network": OptimiserPlan(("network",), rate, momentum=0.0)}
        return [StagePlan("train", recipe.epochs, plans)]

    def _shares(self, kept: Tensor) -> Tensor:
        counts = (F.one_hot(self.given_labels, self.spec.num_classes) * kept[:, None]).sum(0)
        return counts.float() / counts.sum().clamp_min(1)

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        self.prior.copy_(torch.where(self.kept.any(), self._shares(self.kept), self.prior))
        yield (Stream(),)

    def training_step(self, step: Step) -> StepOutput:
        batch, beta = step.batch, self._strength(step)
        logits = self.network(batch.images).logits
        kept = lead(logits.detach(), batch.given_labels) >= 0
        if not self._sieves(step):
            kept = torch.ones_like(kept)
        self.kept[batch.index] = kept
        each = regularised(logits, batch.given_labels, self.prior, beta)
        loss = losses.masked_mean(each, kept) / (1 + beta)
        shown = Shown(logits, batch.given_labels, batch.index, kept)
        return StepOutput({"regularised": loss}, {"network": shown})

    def _strength(self, at: Step | EpochContext) -> float:
        """β of this epoch."""
        chosen, done = self.settings, at.stage_epoch / at.stage.epochs
        rise = chosen.rises_until - chosen.rises_from
        gone = (done - chosen.rises_from) / rise if rise > 0 else float(done >= chosen.rises_from)
        return chosen.strength * min(1.0, max(0.0, gone))

    def _sieves(self, at: Step | EpochContext) -> bool:
        return at.stage_epoch / at.stage.epochs >= self.settings.sieve_from

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if not self._sieves(epoch):
            return None
        leads = lead(epoch.predictions(self.network).logits, self.given_labels)
        return CleanScores(leads.sigmoid(), leads >= 0, 0.5)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"strength": torch.tensor(self._strength(epoch)), "kept": self.kept.float().mean()}


def lead(logits: Logits, labels: Labels) -> PerSample:
    """z_y - mean z; equals the mean over all labels of cross entropy less that of the label's."""
    logits = logits.float()
    return logits.gather(1, labels[:, None])[:, 0] - logits.mean(1)


def regularised(logits: Logits, labels: Labels, prior: Tensor, beta: float) -> PerSample:
    """-log p_y + β Σ_k π_k log(p_k + 1e-8) for the label shares π [K].

    Source: CORES² (Cheng et al., ICLR 2021) and its released code: without the small number the
    loss has no lower bound for β > 1, and weights run away.
    """
    log_p = (logits.float().softmax(1) + FLOOR).log()
    return losses.cross_entropy(logits, labels) + beta * (log_p * prior).sum(1)
