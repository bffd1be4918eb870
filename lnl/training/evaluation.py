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


def probes(data: NoisyData) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The training and the test samples whose features are kept."""
    of = data.facts.images
    train, test = len(data.given_labels), len(data.test_labels)
    return probe_ids(of, train), probe_ids(of, test, TEST_PROBE_SIZE)


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
    steps: int = 0  # optimiser steps so far: fused optimisers leave version counters as they were
    epoch: int = 0
    _cache: dict[tuple[int, View, int], tuple[tuple[int, ...], Predictions, Tensor]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.probe, self.test_probe = probes(self.data)
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
        for start, stop in self._spans(len(self.given_labels)):
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
        spans = self._spans(len(self.test_labels))
        each = [
            self.forward(network, (self.test.plain(*span) for span in spans), self.test_probe)
            for network in networks
        ]
        mean = torch.stack([outputs.logits.softmax(1) for outputs in each]).mean(0)
        return mean, torch.cat([outputs.probe_features for outputs in each], 1)

    def _spans(self, count: int) -> list[tuple[int, int]]:
        rows = max(1, min(ROWS, PIXELS // self.side**2))
        return [(start, min(start + rows, count)) for start in range(0, count, rows)]
