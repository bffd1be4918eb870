"""What is known about a run and about each of its epochs: plain data, numpy and standard library.

Training writes these, the store keeps them, charts and pages read them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lnl.defaults import BASELINE
from lnl.paths import path_in

BINS = 100  # histogram bins over [0, 1]; a chart merges them
MOST_RECORDED = 200_000  # samples that records are of; of more a fixed subset
MOST_CLASSES = 100  # of which a matrix is kept or drawn whole

Group = Literal["clean", "mislabelled", "open-set", "unknown"]
Reading = Literal["clean_scores", "confidence"]
Status = Literal["queued", "running", "paused", "stopped", "done", "failed", "interrupted"]
MapKind = Literal["umap", "pca"]
Wanted = Literal["run", "pause", "one_epoch", "stop"]
Histograms = dict[str, NDArray[np.int64]]  # group -> counts [BINS]


@dataclass(frozen=True)
class Detection:
    """How well the method finds mislabelled samples (the positive class is *mislabelled*).

    Fractions in [0, 1]; NaN where a denominator is empty, all of them where nothing is mislabelled.
    Identity: estimated noise rate * precision = actual noise rate * recall.
    """

    precision: float
    recall: float
    f1: float
    auroc: float
    average_precision: float


@dataclass(frozen=True)
class EpochRecord:
    """All that is known about one epoch, over ALL training samples. Rates are fractions in [0, 1].

    What was not evaluated (``evaluate_every``) or cannot be known (true labels) is None or empty.
    """

    epoch: int  # number of the epoch, counted from 1
    stage: str
    seconds: float  # the training passes alone
    evaluation_seconds: float  # evaluation and diagnostics
    images_per_second: float  # of the training passes
    learning_rates: dict[str, float]  # by optimiser
    losses: dict[str, float]  # mean of each named term over the epoch's steps
    evaluated: bool = True
    train_accuracy_given: float | None = None  # share of training samples predicted as given
    train_accuracy_true: float | None = None  # ... as true (open-set samples left out)
    memorised: float | None = None  # share of mislabelled samples that fit the wrong given label
    recovered: float | None = None  # share of mislabelled samples predicted as their true label
    test_accuracy: float | None = None
    validation_accuracy: float | None = None  # share of validation images predicted as labelled
    reading: Reading = "confidence"  # what clean scores, selection and detection come from
    threshold: float | None = None  # belongs to the clean scores; None where no single cut exists
    estimated_noise_rate: float | None = None  # share of samples outside the selection
    detection: Detection | None = None
    confidence: dict[str, Histograms] = field(default_factory=dict)  # "mean" and each predictor
    clean_scores: Histograms = field(default_factory=dict)
    extra: dict[str, float] = field(default_factory=dict)  # a method's own numbers, by name

    def scalars(self) -> dict[str, Any]:
        """Everything but the histograms, ready for JSON (NaN as None)."""
        plain = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.name not in ("confidence", "clean_scores", "detection")
        }
        plain["detection"] = asdict(self.detection) if self.detection else None
        finite: dict[str, Any] = json.loads(json.dumps(plain), parse_constant=lambda _: None)
        return finite

    def histograms(self) -> dict[str, Any]:
        """The histograms as lists of counts, ready for JSON."""
        return {
            "confidence": {s: _lists(groups) for s, groups in self.confidence.items()},
            "clean_scores": _lists(self.clean_scores),
        }

    @classmethod
    def from_parts(
        cls, scalars: Mapping[str, Any], histograms: Mapping[str, Any] | None = None
    ) -> EpochRecord:
        """The inverse of ``scalars`` and ``histograms``; without the latter these stay empty."""
        parts = dict(scalars)
        if parts.get("detection"):
            found = {k: np.nan if v is None else v for k, v in parts["detection"].items()}
            if np.isnan(found["recall"]):  # nothing is mislabelled: earlier versions wrote F1 = 0
                found = dict.fromkeys(found, np.nan)
            parts["detection"] = Detection(**found)
        if histograms is not None:
            parts["confidence"] = {s: _arrays(g) for s, g in histograms["confidence"].items()}
            parts["clean_scores"] = _arrays(histograms["clean_scores"])
        return cls(**parts)


def _lists(groups: Histograms) -> dict[str, list[int]]:
    return {group: counts.tolist() for group, counts in groups.items()}


def _arrays(groups: Mapping[str, list[int]]) -> Histograms:
    return {group: np.asarray(counts, np.int64) for group, counts in groups.items()}


@dataclass(frozen=True)
class SampleRow:
    """One epoch's values of every training sample [N]."""

    confidence: NDArray[np.float16]
    clean_score: NDArray[np.float16]
    prediction: NDArray[np.uint16]
    selected: NDArray[np.bool_]
    values: dict[str, NDArray[np.float16]] = field(default_factory=dict)  # the method's own


@dataclass(frozen=True)
class UnseenRow:
    """One epoch's values of some test images [T], which no network ever trains on."""

    features: NDArray[np.float16]  # [T, <=50], on the axes of the probe's features
    prediction: NDArray[np.uint16]
    confidence: NDArray[np.float16]  # probability of the image's class


@dataclass(frozen=True)
class Previews:
    """Restorations of the probe images, uint8 [M, C, H, W] each."""

    original: NDArray[np.uint8]
    augmented: NDArray[np.uint8]
    restored: NDArray[np.uint8]


@dataclass(frozen=True)
class FeatureMap:
    """The probe's features of one epoch, brought to two dimensions; made beside training."""

    epoch: int
    kind: MapKind  # as it was made: PCA where UMAP can say nothing
    places: NDArray[np.float16]  # [P, 2] around 0, rows in the order of the probe
    kept: float | None = None  # share of each sample's 15 neighbours that the map keeps near


@dataclass(frozen=True)
class EpochSnapshot:
    """A record with the arrays that go beside it into files; None where not evaluated."""

    record: EpochRecord
    samples: SampleRow | None = None
    probe_features: NDArray[np.float16] | None = None  # [P, <=50], rows in the order of the probe
    previews: Previews | None = None
    unseen: UnseenRow | None = None  # of the epochs that have probe features
    transition: NDArray[np.float32] | None = None  # [K, K] as the method estimates it, row = true
    joint: NDArray[np.float32] | None = None  # [K, K] confident joint, row = given; shares


@dataclass(frozen=True)
class RunSpec:
    """What is to be trained, complete and plain: enough to train it again anywhere.

    A spec as a user gives it may leave ``None`` (take the default); the spec that a run keeps is
    resolved, without any ``None`` but ``limit`` and ``data_dir``, and a resume reads only that.
    """

    dataset: str = "digits"
    noise: str = "symmetric"
    rate: float = 0.4  # nominal noise rate
    noise_seed: int = 0
    noise_options: dict[str, Any] = field(default_factory=dict)
    method: str = BASELINE
    settings: dict[str, Any] = field(default_factory=dict)
    preset: str | None = None
    network: str | None = None
    batch_size: int | None = None
    epochs: int | None = None
    seed: int = 0
    limit: int | None = None  # train on so many samples only, of each class its share
    device: str = "auto"
    precision: str = "auto"  # float32 | bfloat16
    threads: int | None = None
    evaluate_every: int = 1
    data_dir: str | None = None
    validation: float = 0.0  # share of the training samples, noise and all, to validate on
    patience: int = 0  # epochs without a better validation accuracy that end the run; 0: none do

    @property
    def own_file(self) -> Path | None:
        """A user's own file of arrays or vectors; None for a data set with a name."""
        path = path_in(self.dataset)
        return path if path.suffix.lower() in (".npz", ".csv", ".tsv") else None

    @property
    def label_file(self) -> Path | None:
        """A user's own file of given labels; None where they come from elsewhere."""
        path = self.noise_options.get("labels") if self.noise == "file" else None
        return path_in(str(path)) if path else None

    @property
    def data_name(self) -> str:
        """The data in a word: a name, of own data that of their file or folder."""
        return re.sub(r"-[0-9a-f]{8}$", "", Path(self.dataset).stem)

    def with_absolute_paths(self) -> RunSpec:
        """The same, from whatever folder it is read later."""
        own, folder, labels = self.own_file, self.data_dir, self.label_file
        return replace(
            self,
            dataset=str(own.absolute()) if own else self.dataset,
            data_dir=str(path_in(folder).absolute()) if folder else folder,
            noise_options=self.noise_options
            | ({"labels": str(labels.absolute())} if labels else {}),
        )

    def to_json(self) -> str:
        """As one JSON object."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> RunSpec:
        """The inverse of ``to_json``; unknown fields raise TypeError."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class DataFacts:
    """What the screen needs to know about a run's data, kept with the run."""

    fingerprint: str
    title: str
    num_train: int
    num_test: int
    num_classes: int
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int]
    actual_noise_rate: float | None  # None: true labels unknown
    open_set_rate: float = 0.0
    scheme: int = 1  # of the fingerprints; under scheme 1 the images had none of their own
    images_fingerprint: str = ""
    noise_is_added: bool = False  # to labels that may be wrong themselves: the rate counts it alone
    recorded: int = 0  # samples that records are of, a fixed subset of so many; 0: all
    num_validation: int = 0
    validation_is_true: bool = False  # what is known of its labels
    held_out: bool = False  # there was no test set: its images were held out of the training set
    columns: int = 0  # of a table of vectors, whose images are glyphs; 0: images

    @property
    def num_samples(self) -> int:
        """Of the training samples those that records, histories and pages know."""
        return self.recorded or self.num_train

    @property
    def images(self) -> str:
        """What probe, histories and maps follow: the images alone, as far as the scheme knows."""
        return self.images_fingerprint or self.fingerprint

    @property
    def clean_rate(self) -> float | None:
        """1 - actual noise rate."""
        return None if self.actual_noise_rate is None else 1 - self.actual_noise_rate


@dataclass(frozen=True)
class StageSpan:
    """A stage of a run's schedule, epochs counted from 1, both ends included."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class Heartbeat:
    """Where a run is within its epoch; written at most once a second."""

    stage: str
    epoch: int  # the one under way, from 1
    batch: int
    batches: int
    time: float  # seconds since 1970


@dataclass(frozen=True)
class RunInfo:
    """One run as the store lists it."""

    id: str
    name: str
    spec: RunSpec
    data: DataFacts
    stages: tuple[StageSpan, ...]
    status: Status
    created: float  # seconds since 1970
    group: str  # runs started together
    message: str = ""  # why it failed or was interrupted
    wanted: Wanted = "run"
    last_epoch: int = 0  # finished epochs
    heartbeat: Heartbeat | None = None
    device: str = ""  # as resolved, e.g. "CPU, 2 threads, float32"
    test_accuracy: float | None = None  # of the newest evaluated epoch
    best_test_accuracy: float | None = None
    seconds: float = 0.0  # of all its epochs
    note: str = ""
    tags: tuple[str, ...] = ()
    starred: bool = False
    unknown: tuple[str, ...] = ()  # fields of its spec that only a newer version of lnl knows

    @property
    def epochs(self) -> int:
        """Epochs of the whole schedule."""
        return self.stages[-1].last if self.stages else 0

    @property
    def ended_early(self) -> bool:
        """Whether an early stop has ended it before the schedule was at its end."""
        planned = self.spec.epochs or 0
        return self.status == "done" and self.spec.patience > 0 and self.epochs < planned

    @property
    def scheme(self) -> int | None:
        """Of its data's fingerprints; None before its data were loaded for the first time."""
        return self.data.scheme if self.data.fingerprint else None

    @property
    def alive(self) -> bool:
        """Whether anything may still change."""
        return self.status in ("queued", "running", "paused")
