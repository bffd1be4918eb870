"""Settings and presets of PENCIL."""

from lnl.methods.parts.recipes import rfl_tables
from lnl.methods.pencil.loss import Compatibility
from lnl.methods.settings import MethodSettings, Preset, setting


class PENCILSettings(MethodSettings):
    """The released code's values, for CIFAR-10 with asymmetric noise."""

    warm_up_epochs: int = setting(
        70, "Epochs of cross entropy on the given labels", unit="epochs", ge=0
    )
    correction_epochs: int = setting(
        130, "Epochs that train the network and the labels", unit="epochs", ge=0
    )
    final_epochs: int = setting(120, "Epochs on the final label distributions", unit="epochs", ge=0)
    compatibility_weight: float = setting(
        0.4, "Weight of the tie to the given label", symbol="α", ge=0
    )
    entropy_weight: float = setting(0.1, "Weight of the entropy of predictions", symbol="β", ge=0)
    label_rate: float = setting(
        600.0,
        "Learning rate of the labels, on the mean loss of a batch",
        symbol="λ",
        ge=0,
        le=1e6,
    )
    compatibility: Compatibility = setting(
        "released",
        "The tie to the given label: the released code's, which lets labels flip, or the paper's, "
        "which is stronger",
    )
    start: float = setting(
        10.0, "Number that the given label starts with; the others start at 0", gt=0, advanced=True
    )
    final_rate: float = setting(
        0.2,
        "Learning rate of the final epochs, ÷10 at one and two thirds",
        gt=0,
        le=10,
        advanced=True,
    )


def _values(rate: float, alpha: float, beta: float, label_rate: float) -> dict[str, float]:
    return {
        "learning_rate": rate,
        "weight_decay": 1e-4,
        "compatibility_weight": alpha,
        "entropy_weight": beta,
        "label_rate": label_rate,
    }


RECIPE = {"network": "preact-resnet32", "epochs": 0, "batch_size": 128}
CLOTHING = {"warm_up_epochs": 5, "correction_epochs": 10, "final_epochs": 10, "final_rate": 5e-4}
PRESETS = {
    "cifar10": Preset(
        "CIFAR-10, 30 % symmetric noise, as in a port",
        ("cifar10",),
        _values(0.03, 0.1, 0.8, 300),
        RECIPE,
    ),
    "cifar10-asymmetric": Preset(
        "CIFAR-10, asymmetric noise, released code", (), _values(0.06, 0.4, 0.1, 600), RECIPE
    ),
    "cifar10-asymmetric-50": Preset(
        "CIFAR-10, 50 % asymmetric noise, as in a port", (), _values(0.03, 0.0, 0.4, 4000), RECIPE
    ),
    "cifar100": Preset(
        "CIFAR-100, released code",
        ("cifar100",),
        _values(0.35, 0.1, 0.4, 1000),
        {**RECIPE, "network": "resnet34"},
    ),
    "clothing1m": Preset(
        "Clothing1M, released code",
        ("clothing1m",),
        {**_values(1.6e-3, 0.08, 0.8, 3000), **CLOTHING, "weight_decay": 1e-3},
        {"network": "resnet50", "epochs": 0, "batch_size": 32},
    ),
    "rfl": rfl_tables(),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"compatibility_weight": 0.1, "entropy_weight": 0.8, "label_rate": 3000.0},
    ),
}
