"""What SED can be told, with the values of the paper and of the authors' scripts."""

from typing import Any, Literal

from lnl.methods.parts.protocol import CIFAR, ProtocolSettings
from lnl.methods.settings import Preset, setting


class SEDSettings(ProtocolSettings):
    """The authors' README, with faster statistics: it follows them with 0.999."""

    warm_up_learning_rate: float = setting(0.05, "Learning rate of the warm-up", gt=0, le=10)
    threshold_momentum: float = setting(
        0.99,
        "Share of the past in the threshold, once an epoch: small in short runs",
        symbol="m_s",
        ge=0,
        le=1,
    )
    weight_momentum: float = setting(
        0.99, "Share of the past in the classes' sureness, once an epoch", symbol="m_r", ge=0, le=1
    )
    teacher_momentum: float = setting(
        0.95, "Share of the past in the teacher's weights, at each step", symbol="a", ge=0, le=1
    )
    alpha: float = setting(
        1.0,
        "Weight of the corrected labels (averages apart: of those of clean samples)",
        symbol="α",
        ge=0,
        le=100,
    )
    level_from: Literal["quantile", "mean"] = setting(
        "quantile",
        "The threshold follows a quantile of the confidences (code) or their mean",
        advanced=True,
    )
    quantile: float = setting(0.8, "Which quantile of the confidences", ge=0, le=1, advanced=True)
    sharpness: float = setting(
        2.0,
        "How fast the weight falls below the class's mean: 2 (code) or 1 (paper)",
        symbol="n_σ",
        ge=0,
        le=100,
        advanced=True,
    )
    weight_from: Literal["teacher", "network"] = setting(
        "teacher",
        "Whose sureness of the corrected label weighs: teacher (code), network (paper)",
        advanced=True,
    )
    averages: Literal["together", "apart"] = setting(
        "together",
        "Corrected labels averaged over the batch (code), or clean and filtered apart",
        advanced=True,
    )


PAPER = {"level_from": "mean", "sharpness": 1.0, "weight_from": "network", "averages": "apart"}


def _script(title: str, **values: Any) -> Preset:
    """A line of the authors' run.sh; epochs are its total, of which 20 are the warm-up."""
    values["selection_epochs"] = values.pop("epochs", 100) - 20
    names = {"lr": "learning_rate", "end": "end_learning_rate", "m_s": "threshold_momentum"}
    names |= {"warm": "warm_up_learning_rate", "m_r": "weight_momentum", "a": "teacher_momentum"}
    settings = {names.get(name, name): value for name, value in values.items()}
    return Preset(f"{title}, authors' script", settings=settings, recipe=CIFAR)


PRESETS = {
    "cifar": Preset("CIFAR, authors' README", ("cifar10", "cifar100"), recipe=CIFAR),
    "paper": Preset("As the paper writes it", settings=PAPER, recipe=CIFAR),
    "cifar100n-sym20": _script(
        "CIFAR-100, symmetric 20 %", lr=0.01, warm=0.05, m_s=0.9, m_r=0.9, a=0.99
    ),
    "cifar100n-sym80": _script(
        "CIFAR-100, symmetric 80 %", lr=0.01, warm=0.01, end=5e-5, m_s=0.999
    ),
    "cifar100n-asym40": _script(
        "CIFAR-100, asymmetric 40 %",
        lr=0.01,
        warm=0.01,
        end=5e-5,
        epochs=140,
        m_s=0.9,
        m_r=0.9,
        a=0.99,
    ),
    "cifar80n-sym20": _script(
        "CIFAR-80N, symmetric 20 %", epochs=140, m_s=0.999, m_r=0.85, a=0.99, alpha=0.5
    ),
    "cifar80n-sym80": _script("CIFAR-80N, symmetric 80 %", m_s=0.95, m_r=0.85, a=0.99),
    "cifar80n-asym40": _script(
        "CIFAR-80N, asymmetric 40 %",
        lr=0.01,
        warm=0.01,
        end=5e-5,
        epochs=140,
        m_s=0.9,
        m_r=0.9,
        a=0.99,
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {
            "warm_up_epochs": 8,
            "selection_epochs": 32,
            "threshold_momentum": 0.8,
            "weight_momentum": 0.8,
        },
        {"epochs": 0},
    ),
}
