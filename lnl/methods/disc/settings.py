"""What DISC can be told, with the values of the released code, which looks them up by noise."""

from typing import Any, Literal

from lnl.methods.settings import MethodSettings, Preset, setting


class DISCSettings(MethodSettings):
    """The values of CIFAR with symmetric noise up to 50 %, with the faster thresholds of others."""

    warm_up_epochs: int = setting(
        20, "Epochs of cross entropy on all given labels", symbol="e_0", unit="epochs", ge=0
    )
    selection_epochs: int = setting(
        180, "Epochs with selection, after the warm-up", unit="epochs", ge=0
    )
    memory: float = setting(
        0.95,
        "Share of the past in each sample's thresholds, once an epoch: small in short runs",
        symbol="m",
        ge=0,
        le=1,
    )
    margin: float = setting(
        0.5,
        "How much surer than its threshold another class must be to correct a label",
        symbol="σ",
        ge=0,
        le=1,
    )
    hard_weight: float = setting(
        1.0, "Weight of hard samples; 0.2 from 60 % noise on", symbol="λ_h", ge=0, le=100
    )
    q: float = setting(
        0.7, "Exponent of the loss on hard samples", symbol="q", gt=0, le=1, advanced=True
    )
    alpha: float = setting(
        5.0, "Strength of the mixing: both parameters of Beta", symbol="α", gt=0, advanced=True
    )
    optimiser: Literal["sgd", "adam"] = setting(
        "sgd", "Optimiser; Adam above 60 % noise", advanced=True
    )
    momentum: float = setting(0.0, "Momentum of SGD", ge=0, lt=1, advanced=True)
    falls_from: float = setting(
        0.6,
        "Share of the run after which the learning rate of Adam falls to 0 and β₁ is 0.1",
        ge=0,
        lt=1,
        advanced=True,
    )


PAPER: dict[str, Any] = {"learning_rate": 0.1, "momentum": 0.0, "weight_decay": 1e-3}
RECIPE = {"network": "resnet18", "epochs": 0, "batch_size": 128, "milestones": (0.4, 0.8)}
INSTANCE: dict[str, Any] = {**PAPER, "warm_up_epochs": 15, "selection_epochs": 185}


def _paper(title: str, *datasets: str, network: str = "resnet18", **values: Any) -> Preset:
    return Preset(f"{title}, authors' code", datasets, values, {**RECIPE, "network": network})


def _photos(
    title: str,
    *datasets: str,
    network: str = "resnet50",
    batch_size: int = 32,
    epochs: int = 100,
    warm_up_epochs: int = 10,
    falls: tuple[float, float] | None = None,
    **values: Any,
) -> Preset:
    """Without ``falls`` the rate is a tenth at epochs 50 and 80."""
    settings = {
        **PAPER,
        "warm_up_epochs": warm_up_epochs,
        "selection_epochs": epochs - warm_up_epochs,
        **values,
    }
    recipe = {
        "network": network,
        "batch_size": batch_size,
        "epochs": 0,
        "milestones": falls or (50 / epochs, 80 / epochs),
        "decay": 0.1,
    }
    return Preset(f"{title}, authors' code", datasets, settings, recipe)


PRESETS = {
    "cifar": _paper("CIFAR", "cifar10", "cifar100", **PAPER),
    "cifar-symmetric": _paper("CIFAR, symmetric noise up to 50 %", **PAPER, memory=0.99),
    "cifar-60": _paper("CIFAR, 60 % noise", **PAPER, hard_weight=0.2),
    "cifar-80": _paper(
        "CIFAR, 80 % noise",
        hard_weight=0.2,
        optimiser="adam",
        learning_rate=0.001,
        weight_decay=1e-3,
    ),
    "cifar-instance": _paper(
        "CIFAR, instance-dependent noise", network="resnet34", **INSTANCE, memory=0.99
    ),
    "cifar-instance-60": _paper(
        "CIFAR, 60 % instance-dependent noise", network="resnet34", **INSTANCE, hard_weight=0.2
    ),
    "tiny-imagenet": _paper(
        "Tiny-ImageNet", "tiny-imagenet", **{**PAPER, "warm_up_epochs": 15, "selection_epochs": 185}
    ),
    "web": _photos(
        "Clothing1M and Food-101N", "clothing1m", "food-101n", learning_rate=0.01, weight_decay=5e-4
    ),
    "animal-10n": _photos(
        "Animal-10N, with ResNet-18 for VGG-19",
        "animal-10n",
        learning_rate=0.05,
        network="resnet18",
        batch_size=64,
        epochs=120,
        memory=0.99,
    ),
    "mini-webvision": _photos(
        "mini-WebVision, with ResNet-50 for Inception-ResNet-v2",
        "mini-webvision",
        learning_rate=0.1,
        warm_up_epochs=15,
        memory=0.99,
        falls=(0.6, 0.8),
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 8, "selection_epochs": 32, "memory": 0.9, "momentum": 0.9},
        {"epochs": 0},
    ),
}
