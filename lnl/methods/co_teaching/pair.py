"""What Co-teaching, JoCoR and MentorNet share: how many samples they drop, which, the schedule.

Source: Co-teaching (Han et al., NeurIPS 2018); the values are those of its released code.
"""

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from lnl.methods.base import Method
from lnl.methods.interface import EpochContext, Pass, Step, Stream
from lnl.methods.parts import ramps
from lnl.methods.parts.mixture import small_loss
from lnl.methods.schedule import Linear, OptimiserPlan, StagePlan, Steps
from lnl.methods.settings import BareSettings, setting
from lnl.networks import Network
from lnl.shapes import Mask, PerSample, Recipe

BETA_1, LATE_BETA_1 = 0.9, 0.1  # of Adam, before and while the learning rate falls

RECIPE = {"network": "cnn7", "epochs": 200, "batch_size": 128, "crop": 0, "flip": False}
GREY = {**RECIPE, "mean": (0.0,), "std": (1.0,)}
COLOUR = {**RECIPE, "mean": (0.0,) * 3, "std": (1.0,) * 3}


class PairSettings(BareSettings):
    """The values of CIFAR-10."""

    rate_from: Literal["oracle", "estimated", "set"] = setting(
        "oracle",
        "Noise rate: the true one, the share of large losses by a two-component mixture over all "
        "samples, or the one set below",
    )
    noise_rate: float = setting(
        0.2, "Noise rate, where it is set", symbol="τ", ge=0, lt=1, advanced=True
    )
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


class SmallLoss(Method):
    """Networks that learn samples of small loss; how many follows from the noise rate."""

    needs = frozenset({"noise_rate"})
    settings: PairSettings

    def build(self) -> None:
        chosen = self.settings
        told = self.oracle.noise_rate if chosen.rate_from == "oracle" else chosen.noise_rate
        self.noise_rate = nn.Buffer(torch.tensor(told, dtype=torch.float64))

    @classmethod
    def asks(cls, settings: PairSettings) -> frozenset[str]:
        return cls.needs if settings.rate_from == "oracle" else frozenset()

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if self.settings.rate_from == "estimated":
            self.noise_rate.copy_(estimated_rate(epoch, *self.predictors()))
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


def estimated_rate(epoch: EpochContext, *networks: nn.Module) -> Tensor:
    """The share of samples whose mean loss a mixture of two Gaussians calls large."""
    each = torch.stack([epoch.predictions(network).losses for network in networks]).mean(0)
    return (small_loss(each) <= 0.5).double().mean()


def forget_rate(settings: PairSettings, rate: Tensor, at: Step | EpochContext) -> Tensor:
    """The share that is dropped in this epoch: τ^c min(e / e_k, 1)."""
    done = at.stage_epoch / at.stage.epochs
    return rate**settings.exponent * ramps.linear(done, settings.ramp)


def smallest(each: PerSample, forget: Tensor, among: Mask) -> Mask:
    """The ⌊(1 - forget) n⌋ smallest of the n losses in ``among``, at least one, [B] bool."""
    # The count stays on the device: a step never waits for it. 5 x 0.6 is 3, not 2.9999.
    count = ((1 - forget) * among.sum() + 1e-9).floor().clamp_min(1)
    ranks = each.masked_fill(~among, torch.inf).argsort(stable=True).argsort()
    return (ranks < count) & among
