"""What ProMix can be told, with the values of the released code."""

from typing import Any

from lnl.methods.settings import MethodSettings, Preset, setting


class ProMixSettings(MethodSettings):
    """The values of CIFAR-10 with 50 % symmetric noise."""

    warm_up_epochs: int = setting(
        10, "Epochs on all given labels", symbol="e_0", unit="epochs", ge=0
    )
    selection_epochs: int = setting(
        590, "Epochs with selection, after the warm-up", unit="epochs", ge=0
    )
    threshold: float = setting(
        0.99, "Confidence above which a given label is believed", symbol="τ", ge=0, le=1
    )
    first_share: float = setting(
        0.5,
        "Share of the samples, even over the classes, of small loss that are believed at first; "
        "the more, the less noise: 0.7 at 20 %",
        symbol="ρ_0",
        gt=0,
        le=1,
    )
    last_share: float = setting(0.5, "The same once it has risen", symbol="ρ_1", gt=0, le=1)
    debias: float = setting(
        0.8, "Weight of the class priors in the logits; 0.5 at 100 classes", symbol="δ", ge=0, le=10
    )
    confidence_penalty: bool = setting(
        False, "Keep the networks from being certain in the warm-up (for asymmetric noise)"
    )
    rise: float = setting(
        50 / 600,
        "Share of the run over which strong views and mixed images come in",
        symbol="E_r",
        ge=0,
        le=1,
        advanced=True,
    )
    agree_from: float = setting(
        350 / 600,
        "Share of the run after which labels that both networks are sure of are added",
        ge=0,
        le=1,
        advanced=True,
    )
    agree_share: float = setting(
        0.9, "Share of a batch up to which they are", ge=0, le=1, advanced=True
    )
    pseudo_weight: float = setting(
        0.1,
        "Weight of the samples left over, for the second head, until twice that share of the run",
        symbol="β",
        ge=0,
        le=100,
        advanced=True,
    )
    temperature: float = setting(
        0.5, "Temperature of their pseudo-labels", symbol="T", gt=0, le=1, advanced=True
    )
    alpha: float = setting(
        4.0, "Strength of mixup: both parameters of Beta", symbol="α", gt=0, advanced=True
    )
    prior_memory: float = setting(
        0.9999, "Share of the past in the class priors", symbol="m", ge=0, le=1, advanced=True
    )
    end_learning_rate: float = setting(
        5e-5, "Learning rate at the end (cosine)", ge=0, le=10, advanced=True
    )


PAPER: dict[str, Any] = {"learning_rate": 0.05, "weight_decay": 5e-4}
RECIPE = {"network": "resnet18", "epochs": 0, "batch_size": 256}
CIFAR100: dict[str, Any] = {
    **PAPER,
    "warm_up_epochs": 30,
    "selection_epochs": 570,
    "threshold": 0.95,
    "debias": 0.5,
}
LITTLE = {"first_share": 0.7, "last_share": 0.7}


def _paper(title: str, *datasets: str, **values: Any) -> Preset:
    return Preset(f"{title}, authors' code", datasets, values, RECIPE)


PRESETS = {
    "cifar10": _paper("CIFAR-10", "cifar10", **PAPER),
    "cifar10-20": _paper("CIFAR-10 with 20 % noise", **PAPER, **LITTLE),
    "cifar10-asymmetric": _paper(
        "CIFAR-10 with asymmetric noise", **PAPER, confidence_penalty=True
    ),
    "cifar100": _paper("CIFAR-100", "cifar100", **CIFAR100),
    "cifar100-20": _paper("CIFAR-100 with 20 % noise", **CIFAR100, **LITTLE),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 8, "selection_epochs": 32, "prior_memory": 0.99},
        {"epochs": 0},
    ),
}
