"""Settings and presets of NPN."""

from typing import Literal

from lnl.methods.parts.protocol import CIFAR, ProtocolSettings
from lnl.methods.settings import Preset, setting


class NPNSettings(ProtocolSettings):
    """The values of the README, for CIFAR-100 with hard labels."""

    end_learning_rate: float = setting(
        5e-5, "Learning rate at the end (cosine, after the warm-up)", ge=0, le=10, advanced=True
    )
    warm_up_learning_rate: float = setting(
        0.05, "Learning rate of the warm-up", gt=0, le=10, advanced=True
    )
    warm_up_epochs: int = setting(
        200, "Epochs on all given labels", symbol="T_w", unit="epochs", ge=0
    )
    selection_epochs: int = setting(
        100, "Epochs on labels that the votes decide", unit="epochs", ge=0
    )
    targets: Literal["hard", "soft"] = setting(
        "hard", "Learn the class of most votes, or each class's share of them"
    )
    top: int = setting(
        2,
        "Classes that get a vote at each visit; at most all but one",
        symbol="K",
        ge=1,
        le=1000,
    )
    negative_weight: float = setting(1.0, "Weight of negative learning", symbol="α", ge=0)
    consistency_weight: float = setting(
        1.0, "Weight of consistency with the strong view", symbol="β", ge=0
    )
    smoothing: float = setting(
        0.0, "Label smoothing of all cross entropies", ge=0, lt=1, advanced=True
    )


WEB = {
    "learning_rate": 0.008,
    "warm_up_learning_rate": 0.005,
    "warm_up_epochs": 40,
    "selection_epochs": 60,
    "top": 1,
    "consistency_weight": 2.0,
    "smoothing": 0.2,
}
PRESETS = {
    "cifar": Preset("CIFAR, NPN-hard, authors' script", ("cifar10", "cifar100"), recipe=CIFAR),
    "cifar-soft": Preset(
        "CIFAR, NPN-soft, authors' script",
        (),
        {"targets": "soft", "consistency_weight": 2.0},
        CIFAR,
    ),
    "web": Preset(
        "Authors' script for web images",
        ("web-aircraft", "web-bird", "web-car"),
        WEB,
        {"network": "resnet50", "epochs": 0, "batch_size": 32},
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 10, "selection_epochs": 30},
        {"epochs": 0},
    ),
}
