"""Forward passes over all samples: the cache that methods and the record share, and the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lnl.data import Loader, NoisyData
from lnl.diagnostics.accuracy import fit
from lnl.diagnostics.confidence import histograms
from lnl.diagnostics.detection import detection
from lnl.diagnostics.probe import probe_ids
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Predictions
from lnl.records import Detection, Previews, SampleRow
from lnl.shapes import Recipe, View
from lnl.training.placement import Placement
from lnl.training.randomness import generator

ROWS = 1000  # images a forward; larger ones leave a CPU's cache and gain nothing on a GPU
PREVIEWS = 32


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
        with evaluating(network), self.placement.autocast():
            for images in batches:
                output = network(images)
                logits.append(output.logits.float())
                stop = start + len(images)
                low, high = np.searchsorted(rows, (start, stop))
                if high > low:
                    kept = torch.from_numpy(rows[low:high] - start)
                    features.append(output.features[kept.to(images.device)].float())
                start = stop
        none = torch.empty(0, 0, device=self.placement.device)
        return Outputs(torch.cat(logits), torch.cat(features) if features else none)

    def test_probabilities(self, networks: Sequence[nn.Module]) -> Tensor:
        """Mean probabilities of the test images, [N_test, K]."""
        count = len(self.test_labels)
        each = [
            self.forward(network, (self.test.plain(*span) for span in _spans(count))).logits
            for network in networks
        ]
        return torch.stack([logits.softmax(1) for logits in each]).mean(0)


def _spans(count: int) -> list[tuple[int, int]]:
    return [(start, min(start + ROWS, count)) for start in range(0, count, ROWS)]


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation adds to the epoch's record, and its arrays."""

    fields: dict[str, Any]  # of EpochRecord
    samples: SampleRow
    probe_features: Tensor  # [P, D]


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
    test = evaluator.test_probabilities(predictors).argmax(1) == evaluator.test_labels
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
    return Evaluation(fields, samples, features)


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


def previews(method: Method, evaluator: Evaluator) -> Previews | None:
    """Restorations of some probe images, or None where the method restores nothing."""
    step = max(1, len(evaluator.probe) // PREVIEWS)
    device = evaluator.placement.device
    index = torch.from_numpy(evaluator.probe[::step][:PREVIEWS]).to(device)
    views: tuple[View, ...] = ("plain", "strong_on_first")
    # The same augmentation at every epoch: only the restoration changes.
    original, augmented = evaluator.train.views(
        index, views, generator(device, evaluator.data.fingerprint, "previews")
    )
    with evaluating(method), evaluator.placement.autocast():
        restored = method.previews(augmented)
    if restored is None:
        return None
    recipe = evaluator.train.recipe
    return Previews(*(_to_uint8(i, recipe) for i in (original, augmented, restored)))


def _to_uint8(images: Tensor, recipe: Recipe) -> np.ndarray:
    """Normalised images back to 0..255, values beyond clipped."""
    mean, std = (
        torch.tensor(v, device=images.device).view(-1, 1, 1) for v in (recipe.mean, recipe.std)
    )
    scaled = (images.float() * std + mean) * 255
    return scaled.round().clamp(0, 255).to(torch.uint8).cpu().numpy()
