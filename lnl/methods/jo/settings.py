"""Settings and presets of Joint Optimization."""

from typing import Any, Literal

from lnl.methods.parts.recipes import rfl_tables
from lnl.methods.settings import MethodSettings, Preset, setting


class JOSettings(MethodSettings):
    """The values for CIFAR-10 with symmetric noise."""

    joint_epochs: int = setting(
        200, "Epochs that train the network and update the labels", unit="epochs", ge=0
    )
    retrain_epochs: int = setting(
        120, "Epochs of a new network on the final labels", unit="epochs", ge=0
    )
    update_from: float = setting(
        70 / 200, "Share of the joint epochs after which labels are updated", ge=0, le=1
    )
    prior_weight: float = setting(
        1.2, "Weight of the uniform class prior on the batch's mean prediction", symbol="α", ge=0
    )
    entropy_weight: float = setting(0.8, "Weight of the entropy of predictions", symbol="β", ge=0)
    hard_labels: bool = setting(False, "The most probable class of the mean, in place of the mean")
    averaged_epochs: int = setting(
        10, "Epochs whose predictions are averaged", symbol="E", unit="epochs", ge=1, le=100
    )
    average: Literal["window", "running"] = setting(
        "window",
        "Mean of exactly those epochs, or a running average of that length, which needs a fraction "
        "of the memory with many classes",
        advanced=True,
    )
    retrain_rate: float = setting(
        0.2,
        "Learning rate of the new network, ÷10 at one and two thirds",
        gt=0,
        le=10,
        advanced=True,
    )


RECIPE = {"network": "preact-resnet32", "epochs": 0, "batch_size": 128}


def _paper(title: str, rate: float, prior: float, entropy: float, *datasets: str) -> Preset:
    own: dict[str, Any] = {"learning_rate": rate, "weight_decay": 1e-4}
    own |= {"prior_weight": prior, "entropy_weight": entropy}
    return Preset(title, datasets, own, RECIPE)


PRESETS = {
    "cifar10": _paper("CIFAR-10, 50 % symmetric noise, paper", 0.04, 1.2, 0.8, "cifar10"),
    "cifar10-10": _paper(
        "CIFAR-10, 10 % symmetric noise, paper; on asymmetric noise Joint* in NLNL's Table 4",
        0.02,
        1.2,
        0.8,
    ),
    "cifar10-30": _paper(
        "CIFAR-10, 30 % symmetric noise, paper; on asymmetric noise Joint** in NLNL's Table 4",
        0.03,
        1.2,
        0.8,
    ),
    "cifar10-70": _paper("CIFAR-10, 70 % symmetric noise, paper", 0.08, 1.2, 0.8),
    "cifar10-asymmetric": _paper(
        "CIFAR-10, asymmetric noise, paper; Joint in NLNL's Table 4", 0.03, 0.8, 0.4
    ),
    "rfl": rfl_tables(retrain_rate=0.1),
}
