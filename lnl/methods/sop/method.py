"""SOP: sparse over-parameterisation (Liu et al., ICML 2022, arXiv 2202.14026).

Each sample has numbers of its own, added to the prediction before it is compared with the label,
so that they can absorb a wrong one. They enter as squares and start near 0, where a square's
gradient is nearly 0 too: they grow only where the network refuses to follow the label, visit
after visit.

Source: the paper's equations, the values of the released code.

At the paper's start of 1e-8 a number needs tens of visits however long the run is, so that all
clean scores, 1 - u², stay near 1 in a short one: the preset ``short`` starts at 1e-3.
"""

import torch
from torch import Tensor, nn

from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Shown, Step, StepOutput
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.methods.sop.card import CARDS
from lnl.methods.sop.loss import absorbed_cross_entropy, absorbed_square
from lnl.shapes import Recipe


class SOPSettings(MethodSettings):
    """The values of CIFAR-10."""

    u_rate: float = setting(
        10.0, "Learning rate of what is added to the given label", symbol="η_u", ge=0, le=1000
    )
    v_rate: float = setting(
        10.0, "Learning rate of what is taken from the others", symbol="η_v", ge=0, le=1000
    )
    start: float = setting(
        1e-8, "Standard deviation of u and v at the start", gt=0, le=0.1, advanced=True
    )


PAPER = {"learning_rate": 0.02, "weight_decay": 5e-4}
RECIPE = {"network": "resnet34", "epochs": 120, "batch_size": 128, "milestones": (1 / 3, 2 / 3)}
LONGER = {**RECIPE, "epochs": 150, "milestones": (80 / 150, 120 / 150)}
PRESETS = {
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), PAPER, RECIPE),
    "cifar100": Preset("CIFAR-100, paper", ("cifar100",), {**PAPER, "u_rate": 1.0}, LONGER),
    "cifar100-asymmetric": Preset(
        "CIFAR-100 with asymmetric noise, paper",
        (),
        {**PAPER, "u_rate": 0.1, "v_rate": 100.0},
        LONGER,
    ),
    "short": Preset("Short, for small images", ("digits", "shapes"), {"start": 1e-3}),
}


@register(*CARDS)
class SOP(Method):
    """One network, and trained numbers u [N, 1] and v [N, K] of each sample."""

    Settings = SOPSettings
    settings: SOPSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        count, classes, start = self.spec.num_train, self.spec.num_classes, self.settings.start
        self.u = nn.Parameter(start * torch.randn(count, 1))
        self.v = nn.Parameter(start * torch.randn(count, classes))

    @classmethod
    def schedule(cls, settings: SOPSettings, recipe: Recipe) -> list[StagePlan]:
        rate = stepped(settings.learning_rate, recipe)
        plans = {
            "network": sgd(settings, "network", learning_rate=rate),
            "u": OptimiserPlan(("u",), settings.u_rate, momentum=0.0),
            "v": OptimiserPlan(("v",), settings.v_rate, momentum=0.0),
        }
        return [StagePlan("train", recipe.epochs, plans)]

    def training_step(self, step: Step) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        logits = self.network(batch.images).logits
        u, v = self.u[batch.index], self.v[batch.index]
        terms = {
            "cross_entropy": absorbed_cross_entropy(logits, labels, u, v).mean(),
            "square": absorbed_square(logits, labels, u, v).mean(),
        }
        return StepOutput(terms, {"network": Shown(logits, labels, batch.index)})

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        scores = 1 - self._added()
        return CleanScores(scores, scores > 0.5, 0.5)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"absorbed": self._added().mean()}

    def _added(self) -> Tensor:
        """u², held within [0, 1], [N]."""
        return self.u.detach()[:, 0].square().clamp(0, 1)
