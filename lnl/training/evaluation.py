"""Forward passes over all samples: the cache that methods and the record share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lnl.data import Loader, NoisyData
from lnl.diagnostics.probe import TEST_PROBE_SIZE, probe_ids
from lnl.methods.interface import Predictions
from lnl.shapes import View
from lnl.training.placement import Placement
from lnl.training.randomness import generator

ROWS = 1000  # images a forward; larger ones leave a CPU's cache and gain nothing on a GPU
PIXELS = ROWS * 64 * 64  # a forward: in its first layers a ResNet makes gigabytes of them


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


def recorded_ids(data: NoisyData) -> NDArray[np.int64] | None:
    """The training samples that records are of, ascending; None: all."""
    facts = data.facts
    return probe_ids(facts.images, facts.num_train, facts.recorded) if facts.recorded else None


def probes(data: NoisyData) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of the recorded samples, and of the test images, have their features kept."""
    facts = data.facts
    test = probe_ids(facts.images, facts.num_test, TEST_PROBE_SIZE)
    return probe_ids(facts.images, facts.num_samples), test


@dataclass
class Evaluator:
    """Forwards of the training and test images, with a cache that ends when weights change."""

    data: NoisyData
    train: Loader
    test: Loader
    given_labels: Tensor  # [N] on the device
    placement: Placement
    seed: int
    side: int  # pixels of the images as the networks see them
    validation: Loader | None = None
    recorded: Loader | None = None  # of the samples that records are of; None: all
    steps: int = 0  # optimiser steps so far: fused optimisers leave version counters as they were
    epoch: int = 0
    _cache: dict[tuple[int, View, int], tuple[tuple[int, ...], Predictions, Tensor]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        device = self.placement.device
        self.probe, self.test_probe = probes(self.data)
        ids = recorded_ids(self.data)
        self._ids = None if ids is None else torch.from_numpy(ids).to(device)
        true = self.data.true_labels
        self.recorded_labels = self.of_recorded(self.given_labels)
        self.true_labels = None if true is None else self.of_recorded(true.to(device))
        self.groups = self.of_recorded(self.data.groups.long().to(device))
        self.test_labels = self.data.test_labels.to(device)

    def of_recorded(self, values: Tensor) -> Tensor:
        """Those of the recorded samples, of values of all [N, ...]."""
        return values if self._ids is None else values[self._ids]

    def predictions(self, network: nn.Module, view: View = "plain", draws: int = 1) -> Predictions:
        """All N training samples through the network; from the cache while its weights last."""
        return self._cached(network, view, draws)[0]

    def recorded_outputs(self, network: nn.Module) -> tuple[Tensor, Tensor]:
        """Probabilities of the recorded samples [S, K], the features of the probe [P, D]."""
        if self.recorded is None:
            predictions, features = self._cached(network, "plain", 1)
            return predictions.probabilities, features
        batches = self.recorded.in_order(self._spans(len(self.recorded)))
        outputs = self.forward(network, batches, self.probe)
        return outputs.logits.softmax(1), outputs.probe_features

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
        keep = self.probe if self.recorded is None else None
        outputs = self.forward(network, self._views(view, 0), keep)
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
        spans = self._spans(len(self.given_labels))
        if view == "plain":
            yield from self.train.in_order(spans)
            return
        indices = [torch.arange(s.start, s.stop, device=self.placement.device) for s in spans]
        self.train.expect(indices)
        for span, index in zip(spans, indices, strict=True):
            place = (self.seed, "predictions", self.epoch, view, draw, span.start)
            yield self.train.views(index, (view,), generator(self.placement.device, *place))[0]

    def _spans(self, count: int) -> list[range]:
        """So many samples, a forward at a time."""
        rows = max(1, min(ROWS, PIXELS // self.side**2))
        return [range(start, min(start + rows, count)) for start in range(0, count, rows)]

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
        return self._mean_outputs(networks, self.test, self.test_probe)

    def validation_accuracy(self, networks: Sequence[nn.Module]) -> float | None:
        """Share of the validation images predicted as labelled; None without any."""
        if self.validation is None or self.data.validation is None:
            return None
        mean, _ = self._mean_outputs(networks, self.validation)
        labels = self.data.validation.labels.to(mean.device)
        return float((mean.argmax(1) == labels).double().mean())

    def _mean_outputs(
        self, networks: Sequence[nn.Module], images: Loader, keep: np.ndarray | None = None
    ) -> tuple[Tensor, Tensor]:
        spans = self._spans(len(images))
        each = [self.forward(network, images.in_order(spans), keep) for network in networks]
        mean = torch.stack([outputs.logits.softmax(1) for outputs in each]).mean(0)
        return mean, torch.cat([outputs.probe_features for outputs in each], 1)
