"""What the four papers published, cell by cell, and which run of ours answers each cell.

The table is ``tables/published.csv``; ours beside it:
``lnl.evidence.measured_reproductions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import Any

from lnl.evidence import csv_tables
from lnl.findings.summary import RunSummary
from lnl.records import RunSpec

_DATASETS = {
    "MNIST": "mnist",
    "Fashion-MNIST": "fashion-mnist",
    "CIFAR-10": "cifar10",
    "CIFAR-100": "cifar100",
    "CIFAR100N": "cifar100",  # synthetic noise on CIFAR-100, whatever its name says
}
_NETWORKS = {
    "LeNet": "lenet5",
    "FC2": "fc2",
    "ResNet14": "resnet14",
    "ResNet18": "resnet18",
    "ResNet34": "resnet34",
    "Pre-ResNet32": "preact-resnet32",
    "PreAct-ResNet18": "preact-resnet18",
    "7-layer CNN": "cnn7",
}
_NOISE: dict[str, tuple[str, dict[str, Any]]] = {
    "clean": ("none", {}),
    "symm": ("symmetric", {}),
    "symm-exc": ("symmetric", {}),
    "symm-inc": ("symmetric-inc", {}),
    "asymm": ("asymmetric", {}),
    "asymm-map": ("asymmetric", {}),
    "asymm-superclass": ("superclass", {}),
    "asymm-next": ("pair", {}),
}
_METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "ce": ("ce", {}),
    "nl": ("nl", {}),
    "nl_selnl": ("selnl", {}),
    "nl_selpl": ("selpl", {}),
    "selnlpl": ("selnlpl", {}),
    "nlnl": ("nlnl", {}),
    "ml": ("ml", {}),
    "pm": ("pm", {}),
    "pm_ar": ("pm-ar", {}),
    "pmnar": ("pmnar", {}),
    "pmnar_no_consistency": ("pmnar", {"consistency": 0.0}),
    "rfl": ("rfl", {}),
    "rfl_a": ("rfl", {"restore": False, "cluster": False}),
    "rfl_b": ("rfl", {"bootstrap": False, "cluster": False}),
    "rfl_c": ("rfl", {"bootstrap": False, "restore": False}),
    "rfl_ab": ("rfl", {"cluster": False}),
    "rfl_ac": ("rfl", {"restore": False}),
    "sed": ("sed", {}),
    "act": ("act", {}),
    "sed_fine": ("fine", {"base": "sed"}),
    "act_fine": ("fine", {"base": "act"}),
    "sed_afmu": ("fine", {"base": "sed", "gamma": 0.0}),
    "sed_nsnl": ("fine", {"base": "sed", "beta": 0.0}),
}
# what a method has where nothing is said: every part
_FULL: dict[str, Any] = {
    "consistency": True,
    "bootstrap": True,
    "restore": True,
    "cluster": True,
    "base": "sed",
    "beta": True,
    "gamma": True,
}
# What the runs of a paper take besides. NLNL's released code weighs each loss by how rare its
# given label is. Where most labels of a class are wrong, only that favours the right one: Table 6
# of MNIST at 60 % has 79.48, near the eight classes of ten so learnable, five without weighing.
_BESIDES: dict[tuple[str, str], dict[str, Any]] = {
    ("NLNL", "asymmetric"): {"class_weight": True},
}
METRICS = {
    "acc": "test accuracy, last epoch",
    "acc_last": "test accuracy, last epoch",
    "acc_best": "test accuracy, best epoch",
    "acc_avg": "test accuracy, mean of the last ten epochs",
    "precision": "detection precision, last epoch",
    "recall": "detection recall, last epoch",
    "f1": "detection F1, last epoch",
    "estimated_noise": "estimated noise rate, last epoch",
}


@dataclass(frozen=True)
class Cell:
    """One number of a table. ``value`` in percent as printed."""

    paper: str
    table: str
    dataset: str
    network: str
    noise: str
    rate: float
    method: str  # as printed
    method_id: str
    metric: str
    value: float
    note: str

    @property
    def our_method(self) -> str:
        """The name of ours that it is about; empty if we have none."""
        return _METHODS[self.method_id][0] if self.method_id in _METHODS else ""

    @property
    def besides(self) -> dict[str, Any]:
        """Settings that its run takes besides what makes the method."""
        if self.our_method in ("", "ce"):
            return {}
        return _BESIDES.get((self.paper, _NOISE.get(self.noise, ("",))[0]), {})

    @property
    def spec(self) -> RunSpec | None:
        """The run that answers it, without seed and schedule; None if we have no such parts."""
        known = (
            self.dataset in _DATASETS
            and self.network in _NETWORKS
            and self.noise in _NOISE
            and self.method_id in _METHODS
            and self.metric in METRICS
        )
        if not known:
            return None
        method, settings = _METHODS[self.method_id]
        noise, options = _NOISE[self.noise]
        return RunSpec(
            dataset=_DATASETS[self.dataset],
            network=_NETWORKS[self.network],
            noise=noise,
            noise_options=options,
            rate=self.rate if noise != "none" else 0.0,
            method=method,
            settings=settings | self.besides,
        )


@lru_cache(maxsize=1)
def cells() -> tuple[Cell, ...]:
    """All published cells that hold a number."""
    return tuple(
        Cell(
            row["paper"],
            row["table"],
            row["dataset"],
            row["network"],
            row["noise_type"],
            float(row["rate"] or 0),
            row["method"],
            row["method_id"],
            row["metric"],
            float(row["value"]),
            row["note"],
        )
        for row in csv_tables.lines(csv_tables.FOLDER / "published.csv")
        if row["value"]
    )


def answered_by(spec: RunSpec) -> list[Cell]:
    """The cells that a run of these data, noise, network and method stands beside."""
    return list(_by_key().get(_key(spec), ()))


@lru_cache(maxsize=1)
def _by_key() -> dict[tuple[object, ...], list[Cell]]:
    found: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells():
        if cell.spec is not None:
            found.setdefault(_key(cell.spec), []).append(cell)
    return found


def measured(metric: str, summary: RunSummary) -> float | None:
    """What a run has for a metric of a cell, as a fraction; None where it is not known."""
    match metric:
        case "acc" | "acc_last":
            return summary.test_accuracy
        case "acc_best":
            return summary.best_test_accuracy
        case "acc_avg":
            return summary.mean_of_last_ten
        case "estimated_noise":
            return summary.estimated_noise_rate
        case _:
            found = getattr(summary.detection, metric, None)
            return None if found is None or isnan(found) else float(found)


def _key(spec: RunSpec) -> tuple[object, ...]:
    switches = {
        name for known, fixed in _METHODS.values() if known == spec.method for name in fixed
    }
    said = spec.settings
    chosen = tuple((name, _switched(said.get(name, _FULL[name]))) for name in sorted(switches))
    return spec.dataset, spec.network, spec.noise, round(spec.rate, 4), spec.method, chosen


def _switched(value: object) -> object:
    """A weight tells only whether its part is on: presets give it many values."""
    return value if isinstance(value, str) else bool(value)
