"""What DivideMix can be told, with the values of the paper and of its authors' answers."""

from typing import Any

from lnl.methods.dividemix.pair import MixPairSettings
from lnl.methods.settings import Preset, setting


class DivideMixSettings(MixPairSettings):
    """The values of CIFAR-10 with 50 % symmetric noise."""

    threshold: float = setting(
        0.5,
        "Probability of a small loss above which a label is kept",
        symbol="τ",
        ge=0,
        lt=1,
    )
    averaged_epochs: int = setting(
        1,
        "Epochs over which losses are averaged before the mixture is fitted; 5 at 90 % noise",
        ge=1,
        le=20,
        advanced=True,
    )


PAPER = {"learning_rate": 0.02, "weight_decay": 5e-4}
RECIPE = {"network": "preact-resnet18", "epochs": 0, "batch_size": 128, "milestones": (0.5,)}
CIFAR100 = {"warm_up_epochs": 30, "mix_epochs": 270, "ramp": 16 / 270}
EXTREME = {"threshold": 0.6, "averaged_epochs": 5}


def _paper(title: str, *datasets: str, **values: Any) -> Preset:
    return Preset(f"{title}, paper", datasets, {**PAPER, **values}, RECIPE)


PRESETS = {
    "cifar10": _paper("CIFAR-10", "cifar10"),
    "cifar10-20": _paper("CIFAR-10 with 20 % noise", unlabelled_weight=0.0),
    "cifar10-90": _paper("CIFAR-10 with 90 % noise", unlabelled_weight=50.0, **EXTREME),
    "cifar10-asymmetric": _paper(
        "CIFAR-10 with asymmetric noise", unlabelled_weight=0.0, confidence_penalty=True
    ),
    "cifar100": _paper("CIFAR-100", "cifar100", unlabelled_weight=150.0, **CIFAR100),
    "cifar100-20": _paper("CIFAR-100 with 20 % noise", unlabelled_weight=25.0, **CIFAR100),
    "cifar100-90": _paper(
        "CIFAR-100 with 90 % noise", unlabelled_weight=150.0, **CIFAR100, **EXTREME
    ),
    "mini-webvision": Preset(
        "mini-WebVision, authors' code, with PreAct-ResNet-18 for Inception-ResNet-v2",
        ("mini-webvision",),
        {
            **PAPER,
            "learning_rate": 0.01,
            "warm_up_epochs": 1,
            "mix_epochs": 79,
            "unlabelled_weight": 0.0,
            "alpha": 0.5,
        },
        {**RECIPE, "batch_size": 32},
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 8, "mix_epochs": 32, "ramp": 0.25},
        {"epochs": 0},
    ),
}
