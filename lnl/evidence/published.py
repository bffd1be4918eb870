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
from lnl.methods.card import Card
from lnl.methods.cards import cards
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

# Paper, table, data set, network, noise, rate, method's id, metric.
Place = tuple[str, str, str, str, str, float, str, str]


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
    def place(self) -> Place:
        """Which number of which table it is."""
        at = (self.paper, self.table, self.dataset, self.network, self.noise, self.rate)
        return (*at, self.method_id, self.metric)

    @property
    def printed(self) -> str:
        """The method's name; a paper's "Ours" is none of ours."""
        return self.paper if self.method.lower() in ("ours", "proposed") else self.method

    @property
    def card(self) -> Card | None:
        """Our method that it is about, None if we have none."""
        return methods_by_id().get(self.method_id)

    @property
    def our_method(self) -> str:
        """The name of ours that it is about; empty if we have none."""
        return self.card.name if self.card else ""

    @property
    def besides(self) -> dict[str, Any]:
        """Settings that its run takes besides what makes the method."""
        place = (self.paper, _NOISE.get(self.noise, ("",))[0])
        return dict(self.card.published.besides.get(place, {})) if self.card else {}

    @property
    def spec(self) -> RunSpec | None:
        """The run that answers it, without seed and schedule; None if we have no such parts."""
        card = self.card
        known = (
            self.dataset in _DATASETS
            and self.network in _NETWORKS
            and self.noise in _NOISE
            and self.metric in METRICS
        )
        if card is None or not known:
            return None
        noise, options = _NOISE[self.noise]
        return RunSpec(
            dataset=_DATASETS[self.dataset],
            network=_NETWORKS[self.network],
            noise=noise,
            noise_options=options,
            rate=self.rate if noise != "none" else 0.0,
            method=card.name,
            settings={**card.published.ids[self.method_id], **self.besides},
        )


@lru_cache(maxsize=1)
def methods_by_id() -> dict[str, Card]:
    """Our methods by the ids under which papers published them."""
    return {name: card for card in cards().values() for name in card.published.ids}


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
    card = cards().get(spec.method)
    unset = card.published.unset if card else {}
    chosen = tuple(
        (name, _switched(spec.settings.get(name, unset[name]))) for name in sorted(unset)
    )
    return spec.dataset, spec.network, spec.noise, round(spec.rate, 4), spec.method, chosen


def _switched(value: object) -> object:
    """A weight tells only whether its part is on: presets give it many values."""
    return value if isinstance(value, str) else bool(value)
