"""Settings and presets of NLNL and its parts."""

from typing import Literal

from lnl.methods.settings import MethodSettings, Preset, setting


class NLNLSettings(MethodSettings):
    """The paper's values; its learning rates are the same for every kind and rate of noise."""

    nl_epochs: int = setting(720, "Epochs of negative learning", unit="epochs", ge=0)
    selnl_epochs: int = setting(720, "Epochs of selective negative learning", unit="epochs", ge=0)
    selpl_epochs: int = setting(720, "Epochs of selective positive learning", unit="epochs", ge=0)
    filtered_epochs: int = setting(
        0, "Epochs of a new network on the samples kept as clean", unit="epochs", ge=0
    )
    soft_epochs: int = setting(
        0, "Epochs of a new network on all samples, soft labels for the rest", unit="epochs", ge=0
    )
    threshold: float = setting(
        0.5, "Confidence above which a sample counts as clean", symbol="γ", ge=0, le=1
    )
    complementary_labels: int = setting(
        0,
        "Complementary labels per sample and step; 0: K(K-1)/90, so 1 for 10 classes, 110 for 100; "
        "-5: five times that",
        ge=-100,
        le=1000,
    )
    learning_rate: float = setting(0.02, "Learning rate of NL and SelNL", symbol="η", gt=0, le=10)
    selpl_learning_rate: float = setting(0.1, "Learning rate of SelPL", gt=0, le=10)
    pseudo_learning_rate: float = setting(
        0.1, "Learning rate of the pseudo-label stages, ÷10 at 40 % and 60 %", gt=0, le=10
    )
    momentum: float = setting(0.9, "Momentum of SGD", ge=0, lt=1, advanced=True)
    weight_decay: float = setting(1e-4, "Weight decay (L2)", ge=0, le=1, advanced=True)
    soft_labels: Literal["paper", "released"] = setting(
        "paper", "Soft labels for distrusted samples only (paper) or for all (code)", advanced=True
    )
    class_weight: bool = setting(
        False, "Weigh each loss by how rare its given label is (released code)", advanced=True
    )


PRESETS = {
    "mnist": Preset(
        "NL and SelNL at rate 0.1 as in the paper; images not divided by their deviation; five "
        "complementary labels a step, since one needs the paper's hundreds of epochs; SelPL at "
        "the released script's 0.02, since a LeNet-5 can break down at 0.1, and so the "
        "pseudo-label stages, whose new networks hardly begin to learn there in a short run",
        datasets=("mnist",),
        settings={
            "learning_rate": 0.1,
            "selpl_learning_rate": 0.02,
            "pseudo_learning_rate": 0.02,
            "complementary_labels": 5,
        },
        recipe={"std": (1.0,)},
    ),
    "digits": Preset(
        "NL and SelNL at rate 0.1, as the paper does on MNIST",
        datasets=("digits",),
        settings={"learning_rate": 0.1},
    ),
    "own": Preset(
        "For own data: five times as many complementary labels, since one needs the paper's "
        "hundreds of epochs; SelPL at the released script's 0.02",
        own=True,
        settings={"complementary_labels": -5, "selpl_learning_rate": 0.02},
    ),
    "paper": Preset(
        "The paper's whole schedule: 720 epochs a phase, 480 a pseudo-label stage",
        recipe={"epochs": 0, "batch_size": 128},
    ),
}
