"""The numbers of an epoch that runs are compared by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lnl.errors import unknown
from lnl.records import Detection, EpochRecord


@dataclass(frozen=True)
class Metric:
    """A number of an epoch that can be compared; ``blind``: known without true labels."""

    title: str
    value: Callable[[EpochRecord], float | None]
    help: str
    blind: bool = False


def _detection(name: str) -> Callable[[EpochRecord], float | None]:
    def value(record: EpochRecord) -> float | None:
        found: Detection | None = record.detection
        return None if found is None else getattr(found, name)

    return value


METRICS = (
    Metric("test accuracy", lambda r: r.test_accuracy, "On images without added noise.", True),
    Metric(
        "validation accuracy",
        lambda r: r.validation_accuracy,
        "On validation images, against their given labels, wrong ones and all: with a share of "
        "wrong labels not even a perfect network gets beyond the rest.",
        True,
    ),
    Metric(
        "memorised",
        lambda r: r.memorised,
        "Share of the mislabelled samples that are predicted as labelled.",
    ),
    Metric(
        "recovered",
        lambda r: r.recovered,
        "Share of the mislabelled samples that are predicted as their true class.",
    ),
    Metric(
        "accuracy on given labels",
        lambda r: r.train_accuracy_given,
        "Share of the training samples that are predicted as labelled. Dashed: the clean rate.",
        True,
    ),
    Metric(
        "detection precision",
        _detection("precision"),
        "Of the samples that the method flags as mislabelled, the share that is.",
    ),
    Metric(
        "detection recall",
        _detection("recall"),
        "Of the mislabelled samples, the share that the method flags.",
    ),
    Metric("detection F1", _detection("f1"), "The harmonic mean of precision and recall."),
    Metric(
        "detection AUROC",
        _detection("auroc"),
        "Probability that a clean sample has a higher clean score than a mislabelled one.",
    ),
)


def metric(title: str) -> Metric:
    """One of ``METRICS``. Raises BadInput that lists them."""
    found = next((m for m in METRICS if m.title == title), None)
    if found is None:
        raise unknown("number to compare", title, [m.title for m in METRICS])
    return found
