"""What Co-teaching, JoCoR and MentorNet share: how many samples they drop, and the schedule.

Source: Co-teaching (Han et al., NeurIPS 2018); the values are those of its released code.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl.methods.interface import EpochContext, Pass, Step, Stream
from lnl.methods.parts import ramps
from lnl.methods.parts.dropping import Dropping, DroppingSettings
from lnl.methods.schedule import Linear, OptimiserPlan, StagePlan, Steps
from lnl.methods.settings import setting
from lnl.networks import Network
from lnl.shapes import Recipe

BETA_1, LATE_BETA_1 = 0.9, 0.1  # of Adam, before and while the learning rate falls

RECIPE = {"network": "cnn7", "epochs": 200, "batch_size": 128, "crop": 0, "flip": False}
GREY = {**RECIPE, "mean": (0.0,), "std": (1.0,)}
COLOUR = {**RECIPE, "mean": (0.0,) * 3, "std": (1.0,) * 3}


class PairSettings(DroppingSettings):
    """The values of CIFAR-10."""

    ramp: float = setting(
        0.05,
        "Share of the run until as many samples are dropped as have wrong labels",
        symbol="e_k",
        ge=0,
        le=1,
    )
    exponent: float = setting(
        1.0, "Power of the noise rate that is dropped", symbol="c", gt=0, le=10, advanced=True
    )
    learning_rate: float = setting(
        1e-3, "Learning rate of Adam", symbol="η", gt=0, le=1, advanced=True
    )
    falls_from: float = setting(
        0.4,
        "Share of the run after which the learning rate falls to 0 and β₁ of Adam is 0.1",
        ge=0,
        lt=1,
        advanced=True,
    )


def adam(settings: PairSettings, recipe: Recipe, *groups: tuple[str, ...]) -> list[StagePlan]:
    """One stage, in which each group of networks has an Adam of its own."""
    rate = Linear(settings.learning_rate, 0.0, settings.falls_from)
    beta_1 = Steps(BETA_1, (settings.falls_from,), LATE_BETA_1 / BETA_1)
    plans = {
        "+".join(parts): OptimiserPlan(parts, rate, kind="adam", beta_1=beta_1) for parts in groups
    }
    return [StagePlan("train", recipe.epochs, plans)]


class SmallLoss(Dropping):
    """Networks that learn samples of small loss; how many follows from the noise rate."""

    settings: PairSettings

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if self.settings.rate_from == "estimated":
            each = [epoch.predictions(network).losses for network in self.predictors()]
            self.estimate_rate(torch.stack(each).mean(0))
        yield (Stream(),)

    def forgotten(self, at: Step | EpochContext) -> Tensor:
        """The share of samples that is dropped in this epoch."""
        return forget_rate(self.settings, self.noise_rate, at)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"forget_rate": self.forgotten(epoch)}


class Pair(SmallLoss):
    """Two of them."""

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()
        super().build()

    def predictors(self) -> list[Network]:
        return [self.network_1, self.network_2]


def forget_rate(settings: PairSettings, rate: Tensor, at: Step | EpochContext) -> Tensor:
    """The share that is dropped in this epoch: τ^c min(e / e_k, 1)."""
    done = at.stage_epoch / at.stage.epochs
    return rate**settings.exponent * ramps.linear(done, settings.ramp)
