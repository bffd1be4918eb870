"""What semi-supervised PES can be told, with the values of the released code."""

from lnl.methods.parts.mixmatch import MixMatchSettings
from lnl.methods.parts.progressive import ProgressiveSettings
from lnl.methods.settings import Preset, setting


class PESSemiSettings(MixMatchSettings, ProgressiveSettings):
    """The values of CIFAR-10."""

    first_epochs: int = setting(
        20, "Epochs of all layers on all samples", symbol="T_1", unit="epochs", ge=0
    )
    head_epochs: int = setting(5, "Epochs of the head, anew", symbol="T_2", unit="epochs", ge=0)
    mix_epochs: int = setting(
        280, "Epochs with labelled and unlabelled samples", unit="epochs", ge=0
    )
    unlabelled_weight: float = setting(
        5.0, "Weight of the samples whose label is not predicted", symbol="λ_u", ge=0, le=1000
    )
    ramp: float = setting(
        16 / 280,
        "Share of the epochs with both kinds until that weight is reached",
        ge=0,
        le=1,
        advanced=True,
    )
    late_alpha: float = setting(0.75, "Strength of the mixing late in the run", gt=0, advanced=True)
    late_from: float = setting(
        130 / 280,
        "Share of the epochs with both kinds after which it is late",
        ge=0,
        le=1,
        advanced=True,
    )
    largest_weight: float = setting(
        3.0, "Largest weight of a class with few confident samples", gt=0, advanced=True
    )
    end_learning_rate: float = setting(
        2e-4, "Learning rate at the end (cosine)", ge=0, le=10, advanced=True
    )


PAPER = {"learning_rate": 0.02, "weight_decay": 5e-4}
RECIPE = {"network": "preact-resnet18", "epochs": 0, "batch_size": 128}
CIFAR100 = {
    **PAPER,
    "first_epochs": 35,
    "mix_epochs": 265,
    "ramp": 16 / 265,
    "late_from": 115 / 265,
}
PRESETS = {
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), PAPER, RECIPE),
    "cifar10-instance": Preset(
        "CIFAR-10 with instance-dependent or pair noise, paper",
        (),
        {**PAPER, "unlabelled_weight": 15.0},
        RECIPE,
    ),
    "cifar100": Preset(
        "CIFAR-100, paper", ("cifar100",), {**CIFAR100, "unlabelled_weight": 75.0}, RECIPE
    ),
    "cifar100-instance": Preset(
        "CIFAR-100 with instance-dependent or pair noise, paper",
        (),
        {**CIFAR100, "unlabelled_weight": 50.0},
        RECIPE,
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {
            "first_epochs": 5,
            "head_epochs": 2,
            "mix_epochs": 33,
            "ramp": 0.25,
            "refining_rate": 1e-2,
        },
        {"epochs": 0},
    ),
}
