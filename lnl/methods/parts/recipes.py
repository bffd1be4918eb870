"""The recipes under which the papers' tables train their baselines, milestones as shares.

Source: NLNL, Table 3 (GCE's protocol), and RFL's tables.
"""

from typing import Any

from lnl.methods.settings import Preset

CIFAR10 = {"network": "resnet34", "epochs": 120, "batch_size": 128, "milestones": (1 / 3, 2 / 3)}
FASHION_MNIST = {**CIFAR10, "network": "resnet18"}
CIFAR100 = {**CIFAR10, "epochs": 150, "milestones": (80 / 150, 120 / 150)}
RFL = {"network": "resnet18", "epochs": 300, "batch_size": 128, "milestones": (0.5, 0.75)}


def nlnl_table_3(settings: dict[str, Any], **on_cifar100: Any) -> dict[str, Preset]:
    """A baseline of NLNL's Table 3, on its three data sets."""
    return {
        "cifar10": Preset("CIFAR-10, paper", ("cifar10",), settings, CIFAR10),
        "fashion-mnist": Preset(
            "Fashion-MNIST, paper", ("fashion-mnist",), settings, FASHION_MNIST
        ),
        "cifar100": Preset(
            "CIFAR-100, paper", ("cifar100",), {**settings, **on_cifar100}, CIFAR100
        ),
    }


def rfl_tables(**settings: Any) -> Preset:
    """A baseline of RFL's tables."""
    common = {"learning_rate": 0.1, "weight_decay": 1e-4}
    return Preset("As in RFL's tables", settings={**common, **settings}, recipe=RFL)
