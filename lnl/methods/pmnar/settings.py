"""What PMNAR can be told, with the values of the paper and ours where it has none."""

from typing import Literal, Self

from pydantic import model_validator

from lnl.methods.settings import MethodSettings, Preset, setting


class PMNARSettings(MethodSettings):
    """Which parts take part, and the schedule."""

    warm_up_epochs: int = setting(
        10,
        "Epochs at the start in which all samples weigh 1 and no class is ruled out",
        symbol="T_warm",
        unit="epochs",
        ge=0,
    )
    main_epochs: int = setting(290, "Epochs after the warm-up", unit="epochs", ge=0)
    positive: bool = setting(True, "Learn the given label: cross entropy")
    negative: bool = setting(True, "Learn what an image is not: all classes but the given label")
    reweighting: bool = setting(True, "Weigh each sample by how far it is believed (AR)")
    two_networks: bool = setting(False, "Two networks, each weighing the other's samples")
    consistency: bool = setting(False, "Pull strongly augmented images to the networks' mean")
    consistency_weight: float = setting(
        1.0, "Weight of consistency; smaller for many classes", symbol="β", ge=0, le=100
    )
    history_from: Literal["first", "both"] = setting(
        "first", "Whose predictions rule classes out of the complementary set", advanced=True
    )
    record: Literal["evaluation", "train"] = setting(
        "evaluation",
        "Confidences from an evaluation at the epoch's start, or the last training pass",
        advanced=True,
    )
    predict_with: Literal["first", "both"] = setting(
        "first", "Predict with network 1, as the paper, or with the mean of both", advanced=True
    )

    @model_validator(mode="after")
    def _learns_something(self) -> Self:
        if not (self.positive or self.negative):
            raise ValueError("positive and negative are both off: switch at least one on")
        return self


PAPER = {"learning_rate": 0.02, "weight_decay": 5e-4}
MANY_CLASSES = {**PAPER, "warm_up_epochs": 30, "main_epochs": 270, "consistency_weight": 0.5}
WEBVISION = {**PAPER, "main_epochs": 110, "consistency_weight": 0.5}
RECIPE = {
    "epochs": 0,  # those of the stages
    "network": "preact-resnet18",
    "batch_size": 128,
    "milestones": (0.4, 0.8),
    "decay": 0.1,
}
PRESETS = {
    "cifar10": Preset("CIFAR-10, paper", ("cifar10",), PAPER, RECIPE),
    "cifar100": Preset("CIFAR-100, paper", ("cifar100",), MANY_CLASSES, RECIPE),
    "tiny": Preset("Tiny-ImageNet, paper", ("tiny-imagenet",), MANY_CLASSES, RECIPE),
    "webvision": Preset(
        "mini-WebVision, paper",
        ("mini-webvision",),
        WEBVISION,
        {**RECIPE, "milestones": (0.5, 0.75)},
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 5, "main_epochs": 25},
        {"epochs": 0},
    ),
}
