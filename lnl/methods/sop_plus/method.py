"""SOP+: sparse over-parameterisation, with consistency and class balance (Liu et al., ICML 2022).

SOP as it is: each sample has numbers of its own that can absorb a wrong label. In addition the
prediction on a weakly augmented view teaches the one on a strongly augmented view, whatever the
label, and the mean prediction of a batch is kept near uniform.

Source: the paper (arXiv 2202.14026), section 4, the values of the released code. Both views go
through the network in one forward, so that batch norm sees both.

Departs from the code: strong views are RandAugment's, not AutoAugment's. The preset ``short``
starts u and v at 1e-3, as SOP's does.
"""

from collections.abc import Iterator
from dataclasses import replace

import torch

from lnl import losses
from lnl.methods.interface import EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, StagePlan
from lnl.methods.settings import Preset, setting
from lnl.methods.sop.loss import absorbed, absorbed_square
from lnl.methods.sop.method import SOP, SOPSettings
from lnl.methods.sop_plus.card import CARDS
from lnl.methods.sop_plus.loss import balance
from lnl.shapes import Recipe


class SOPPlusSettings(SOPSettings):
    """The values of CIFAR-10."""

    consistency: float = setting(
        0.9, "Weight of the agreement between weak and strong view", symbol="λ_C", ge=0
    )
    balance: float = setting(0.1, "Weight of the balance of classes", symbol="λ_B", ge=0)
    end_learning_rate: float = setting(
        2e-4, "Learning rate at the end (cosine)", ge=0, le=10, advanced=True
    )


PAPER = {"learning_rate": 0.02, "weight_decay": 5e-4}
CIFAR100 = {"learning_rate": 0.02, "weight_decay": 1e-3}
RECIPE = {"network": "preact-resnet18", "epochs": 300, "batch_size": 128}
PRESETS = {
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), PAPER, RECIPE),
    "cifar100": Preset("CIFAR-100, paper", ("cifar100",), {**CIFAR100, "u_rate": 1.0}, RECIPE),
    "cifar100-asymmetric": Preset(
        "CIFAR-100 with asymmetric noise, paper",
        (),
        {**CIFAR100, "u_rate": 0.1, "v_rate": 100.0},
        RECIPE,
    ),
    "short": Preset("Short, for small images", ("digits", "shapes"), {"start": 1e-3}),
}


@register(*CARDS)
class SOPPlus(SOP):
    """SOP on two views."""

    Settings = SOPPlusSettings
    settings: SOPPlusSettings
    presets = PRESETS

    @classmethod
    def schedule(cls, settings: SOPSettings, recipe: Recipe) -> list[StagePlan]:
        (stage,) = super().schedule(settings, recipe)
        assert isinstance(settings, SOPPlusSettings)
        falling = Cosine(settings.learning_rate, settings.end_learning_rate)
        own = replace(stage.optimisers["network"], learning_rate=falling)
        return [replace(stage, optimisers={**stage.optimisers, "network": own})]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        yield (Stream(("weak", "strong")),)

    def training_step(self, step: Step) -> StepOutput:
        batch, labels, chosen = step.batch, step.batch.given_labels, self.settings
        weak, strong = self.network(torch.cat(batch.views)).logits.chunk(2)
        u, v = self.u[batch.index], self.v[batch.index]
        q = absorbed(weak, labels, u, v)
        agreement = losses.kl_from(weak.detach().float().softmax(1), strong)
        terms = {
            "cross_entropy": -q.gather(1, labels[:, None]).log().mean(),
            "square": absorbed_square(weak, labels, u, v).mean(),
            "consistency": chosen.consistency * agreement.mean(),
            "balance": chosen.balance * balance(q),
        }
        return StepOutput(terms, {"network": Shown(weak, labels, batch.index)})
