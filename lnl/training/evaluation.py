"""Forward passes over all samples: the cache that methods and the record share, and the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lnl.data import Loader, NoisyData
from lnl.diagnostics.accuracy import fit
from lnl.diagnostics.confidence import histograms
from lnl.diagnostics.detection import detection
from lnl.diagnostics.probe import TEST_PROBE_SIZE, probe_ids, reduce_features
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Predictions
from lnl.records import Detection, SampleRow, UnseenRow
from lnl.shapes import View
from lnl.training.placement import Placement
from lnl.training.randomness import generator

ROWS = 1000  # images a forward; larger ones leave a CPU's cache and gain nothing on a GPU


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Eval mode without gradient inside; afterwards each part is in the mode it was in."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode


@dataclass
class Outputs:
    """What a network says of some images."""

    logits: Tensor  # [N, K] float32
    probe_features: Tensor  # [P, D]


@dataclass
class Evaluator:
    """Forwards of the training and test images, with a cache that ends when weights change."""

    data: NoisyData
    train: Loader
    test: Loader
    given_labels: Tensor  # [N] on the device
    placement: Placement
    seed: int
    steps: int = 0  # optimiser steps so far: fused optimisers leave version counters as they were
    epoch: int = 0
    _cache: dict[tuple[int, View, int], tuple[tuple[int, ...], Predictions, Tensor]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.probe = probe_ids(self.data.fingerprint, len(self.data.given_labels))
        true = self.data.true_labels
        self.true_labels = None if true is None else true.to(self.placement.device)
        self.groups = self.data.groups.long().to(self.placement.device)
        self.test_labels = self.data.test_labels.to(self.placement.device)
        self.test_probe = probe_ids(self.data.fingerprint, len(self.test_labels), TEST_PROBE_SIZE)

    def predictions(self, network: nn.Module, view: View = "plain", draws: int = 1) -> Predictions:
        """All N training samples through the network; from the cache while its weights last."""
        return self._cached(network, view, draws)[0]

    def probe_features(self, network: nn.Module) -> Tensor:
        """The features of the probe samples [P, D], from the same forward."""
        return self._cached(network, "plain", 1)[1]

    def _cached(self, network: nn.Module, view: View, draws: int) -> tuple[Predictions, Tensor]:
        key = (id(network), view, draws)
        stamp = self._stamp(network, view)
        if key not in self._cache or self._cache[key][0] != stamp:
            self._cache[key] = (stamp, *self._predict(network, view, draws))
        return self._cache[key][1:]

    def _stamp(self, network: nn.Module, view: View) -> tuple[int, ...]:
        versions = (t._version for t in (*network.parameters(), *network.buffers()))
        # A random view's entry ends with its epoch, or a resumed run would differ.
        return (self.steps, self.epoch if view != "plain" else -1, *versions)

    def _predict(self, network: nn.Module, view: View, draws: int) -> tuple[Predictions, Tensor]:
        outputs = self.forward(network, self._views(view, 0), self.probe)
        logits = outputs.logits
        if draws > 1:
            others = [
                self.forward(network, self._views(view, d)).logits.softmax(1)
                for d in range(1, draws)
            ]
            mean = torch.stack([logits.softmax(1), *others]).mean(0)
            logits = mean.clamp_min(torch.finfo(mean.dtype).tiny).log()

        def features() -> Tensor:
            everything = np.arange(len(self.given_labels))
            return self.forward(network, self._views(view, 0), everything).probe_features

        predictions = Predictions(logits.softmax(1), logits, self.given_labels, features)
        return predictions, outputs.probe_features

    def _views(self, view: View, draw: int) -> Iterator[Tensor]:
        for start, stop in _spans(len(self.given_labels)):
            if view == "plain":
                yield self.train.plain(start, stop)
            else:
                index = torch.arange(start, stop, device=self.placement.device)
                place = (self.seed, "predictions", self.epoch, view, draw, start)
                yield self.train.views(index, (view,), generator(self.placement.device, *place))[0]

    def forward(
        self, network: nn.Module, batches: Iterable[Tensor], keep: np.ndarray | None = None
    ) -> Outputs:
        """Logits of all batches, and the features of the rows ``keep`` (ascending)."""
        logits, features, start = [], [], 0
        rows = np.empty(0, np.int64) if keep is None else keep
        places = torch.from_numpy(rows).to(self.placement.device)  # at once: a copy waits for it
        with evaluating(network), self.placement.autocast():
            for images in batches:
                output = network(images)
                logits.append(output.logits.float())
                stop = start + len(images)
                low, high = np.searchsorted(rows, (start, stop))
                if high > low:
                    features.append(output.features[places[low:high] - start].float())
                start = stop
        none = torch.empty(0, 0, device=self.placement.device)
        return Outputs(torch.cat(logits), torch.cat(features) if features else none)

    def test_outputs(self, networks: Sequence[nn.Module]) -> tuple[Tensor, Tensor]:
        """Mean probabilities of the test images [N_test, K], the test probe's features [T, D]."""
        spans = _spans(len(self.test_labels))
        each = [
            self.forward(network, (self.test.plain(*span) for span in spans), self.test_probe)
            for network in networks
        ]
        mean = torch.stack([outputs.logits.softmax(1) for outputs in each]).mean(0)
        return mean, torch.cat([outputs.probe_features for outputs in each], 1)


def _spans(count: int) -> list[tuple[int, int]]:
    return [(start, min(start + ROWS, count)) for start in range(0, count, ROWS)]


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation adds to the epoch's record, and its arrays."""

    fields: dict[str, Any]  # of EpochRecord
    samples: SampleRow
    probe_features: Tensor  # [P, D]
    test_features: Tensor  # [T, D] of the test probe
    test_probabilities: Tensor  # [T, K]
    test_classes: Tensor  # [T]

    def kept_features(self) -> tuple[NDArray[np.float16], UnseenRow]:
        """What is kept of both probes, on the same axes."""
        features, test_features = reduce_features(self.probe_features, self.test_features)
        confidence = self.test_probabilities.gather(1, self.test_classes[:, None])[:, 0]
        prediction = self.test_probabilities.argmax(1).cpu().numpy().astype(np.uint16)
        return features, UnseenRow(test_features, prediction, confidence.half().cpu().numpy())


def evaluate(method: Method, epoch: EpochContext, evaluator: Evaluator) -> Evaluation:
    """Everything a record says about the samples, computed on the device and copied once."""
    predictors = list(method.predictors())
    predicted = [epoch.predictions(network) for network in predictors]
    mean = torch.stack([p.probabilities for p in predicted]).mean(0)
    given = evaluator.given_labels
    confidence, prediction = mean.gather(1, given[:, None])[:, 0], mean.argmax(1)
    clean, found = _clean_scores(method, epoch, confidence, evaluator)
    fitted = fit(prediction, given, evaluator.true_labels)
    by_source = {"mean": histograms(confidence, evaluator.groups)}
    if len(predictors) > 1:
        for name, single in zip(_names(method, predictors), predicted, strict=True):
            by_source[name] = histograms(single.confidence, evaluator.groups)
    test_mean, test_features = evaluator.test_outputs(predictors)
    test = test_mean.argmax(1) == evaluator.test_labels
    fields: dict[str, Any] = {
        "train_accuracy_given": fitted.accuracy_given,
        "train_accuracy_true": fitted.accuracy_true,
        "memorised": fitted.memorised,
        "recovered": fitted.recovered,
        "test_accuracy": float(test.double().mean()),
        "confidence": by_source,
        "clean_scores": histograms(clean.scores, evaluator.groups),
        "threshold": clean.threshold,
        "estimated_noise_rate": float((~clean.selection).double().mean()),
        "extra": {name: float(value) for name, value in method.epoch_values(epoch).items()},
        **found,
    }
    samples = SampleRow(
        confidence.half().cpu().numpy(),
        clean.scores.half().cpu().numpy(),
        prediction.cpu().numpy().astype(np.uint16),
        clean.selection.cpu().numpy(),
        {k: v.half().cpu().numpy() for k, v in method.sample_values(epoch).items()},
    )
    features = torch.cat([evaluator.probe_features(n) for n in predictors], 1)
    probe = torch.from_numpy(evaluator.test_probe).to(given.device)
    return Evaluation(
        fields, samples, features, test_features, test_mean[probe], evaluator.test_labels[probe]
    )


def _clean_scores(
    method: Method, epoch: EpochContext, confidence: Tensor, evaluator: Evaluator
) -> tuple[CleanScores, dict[str, Any]]:
    scores = method.clean_scores(epoch)
    reading = "confidence" if scores is None else "clean_scores"
    if scores is None:
        scores = CleanScores(confidence, confidence > 0.5, 0.5)
    found: Detection | None = None
    if evaluator.true_labels is not None:
        found = detection(scores.scores, scores.selection, evaluator.groups > 0)
    return scores, {"reading": reading, "detection": found}


def _names(method: Method, modules: Sequence[nn.Module]) -> list[str]:
    names = {id(module): name for name, module in method.named_modules()}
    return [names[id(module)] for module in modules]
