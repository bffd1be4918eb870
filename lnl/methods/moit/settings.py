"""What MOIT and MOIT+ can be told, with the values of the paper."""

from lnl.methods.settings import MethodSettings, Preset, setting


class MOITSettings(MethodSettings):
    """The values of CIFAR, one for all noise."""

    neighbours: int = setting(
        250, "Nearest samples that vote for a label; less than a class has", symbol="k", ge=1
    )
    trust_from: float = setting(
        130 / 250,
        "Share of the run after which labels that are not trusted are replaced",
        ge=0,
        le=1,
    )
    tuning_epochs: int = setting(
        0,
        "Epochs of a new head on trusted samples (MOIT+: 70, at symmetric noise 140)",
        unit="epochs",
        ge=0,
    )
    contrast: float = setting(1.0, "Weight of the contrastive losses", ge=0, le=100)
    temperature: float = setting(
        0.1, "Temperature of the contrastive losses", symbol="κ", gt=0, le=10, advanced=True
    )
    memory_per_class: int = setting(
        100, "Features remembered per class and view", ge=1, le=10_000, advanced=True
    )
    memory_from: float = setting(
        3 / 250, "Share of the run after which they are compared with", ge=0, le=1, advanced=True
    )
    alpha: float = setting(
        1.0, "Strength of the mixing: both parameters of Beta", symbol="α", gt=0, advanced=True
    )
    tuning_rate: float = setting(
        1e-3, "Learning rate with the new head", gt=0, le=10, advanced=True
    )
    tuning_falls_from: float = setting(
        120 / 140,
        "Share of those epochs after which it is a tenth",
        ge=0,
        le=1,
        advanced=True,
    )
    own_share: float = setting(
        0.2,
        "Share of the loss on the network's own prediction, with the new head",
        symbol="w",
        ge=0,
        le=1,
        advanced=True,
    )
    own_from: float = setting(
        30 / 70, "Share of those epochs after which it counts", ge=0, le=1, advanced=True
    )


PRESETS = {
    "cifar": Preset(
        "CIFAR, paper",
        ("cifar10", "cifar100"),
        {"learning_rate": 0.1, "weight_decay": 1e-4},
        {
            "network": "preact-resnet18",
            "epochs": 250,
            "batch_size": 128,
            "milestones": (125 / 250, 200 / 250),
        },
    ),
    "short": Preset("Short, for small images", ("digits", "shapes"), {"neighbours": 50}),
}
