"""The training protocol that SED, ACT and FINE share: warm-up at one rate, then a cosine.

Source: the authors' code of the three. SGD with Nesterov momentum, batches of 128, the 7-layer CNN
on CIFAR.
"""

from collections.abc import Sequence
from functools import partial

from lnl.methods.schedule import Cosine, OptimiserPlan, StagePlan, Value, sgd
from lnl.methods.settings import MethodSettings, setting

CIFAR = {
    "epochs": 0,  # those of the stages
    "network": "cnn7",
    "batch_size": 128,
    "mean": (0.485, 0.456, 0.406),
    "std": (0.229, 0.224, 0.225),
    "cutout": 0,
}
"""What the scripts change in the recipe of CIFAR."""


class ProtocolSettings(MethodSettings):
    """100 epochs, 20 of them warm-up."""

    learning_rate: float = setting(0.05, "Learning rate", symbol="η", gt=0, le=10)
    end_learning_rate: float = setting(
        5e-4, "Learning rate at the end (cosine, after the warm-up)", ge=0, le=10, advanced=True
    )
    momentum: float = setting(0.9, "Momentum of SGD", ge=0, lt=1, advanced=True)
    nesterov: bool = setting(True, "Nesterov's form of momentum", advanced=True)
    weight_decay: float = setting(5e-4, "Weight decay (L2)", ge=0, le=1, advanced=True)
    warm_up_epochs: int = setting(
        20,
        "Epochs on all given labels, before the first selection",
        symbol="T_w",
        unit="epochs",
        ge=0,
    )
    selection_epochs: int = setting(
        80, "Epochs after the warm-up, with selection", unit="epochs", ge=0
    )


def two_stages(
    settings: ProtocolSettings, warm_up_rate: float, networks: Sequence[str]
) -> list[StagePlan]:
    """Warm-up and selection; each network has an optimiser of its own, which goes on."""

    def optimisers(rate: Value) -> dict[str, OptimiserPlan]:
        own = partial(sgd, settings, learning_rate=rate, nesterov=settings.nesterov)
        return {name: own(name) for name in networks}

    falling = Cosine(settings.learning_rate, settings.end_learning_rate)
    return [
        StagePlan("warm-up", settings.warm_up_epochs, optimisers(warm_up_rate)),
        StagePlan("selection", settings.selection_epochs, optimisers(falling)),
    ]
