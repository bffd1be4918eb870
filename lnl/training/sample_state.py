"""What a method keeps of each training sample: the b of the memory a + b N that it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import torch

from lnl.data import NoisyData
from lnl.data.images import ImageSet
from lnl.data.labels import LabelSet, NoiseApplied
from lnl.data.source import Split
from lnl.methods.base import Method
from lnl.shapes import Recipe
from lnl.training.optimisers import parameters_of
from lnl.training.prepare import make_method

SAMPLES = 1009  # a prime, so that nothing else has as many rows
FEW, MANY = 7, 17  # classes
MOMENTS = {"sgd": 1, "adam": 2, "adamw": 2, "adagrad": 1}  # that an optimiser keeps of a value


@dataclass(frozen=True)
class SampleState:
    """Bytes a sample: what does not depend on the number of classes, and what each of them adds."""

    fixed: int
    per_class: int

    def of(self, num_classes: int) -> int:
        """Bytes a sample of so many classes."""
        return self.fixed + self.per_class * num_classes


@lru_cache(maxsize=256)
def sample_state(method: str) -> SampleState:
    """That of a method with its default settings; of a wrapper, with its default base.

    Buffers, and parameters with their gradients and what their optimiser keeps. Not counted: what
    is there for a moment between epochs, such as the predictions for all samples, and what any run
    keeps of a sample for its records. Raises BadInput for an unknown method.
    """
    few, many = (_bytes(make_method(method, _data(classes))) for classes in (FEW, MANY))
    per_class = (many - few) // (MANY - FEW)
    return SampleState(few - per_class * FEW, per_class)


def _bytes(method: Method) -> int:
    learned: dict[int, int] = {}
    for stage in method.plan:
        for plan in stage.optimisers.values():
            kept = MOMENTS[plan.kind] if plan.kind != "sgd" or plan.momentum else 0
            for parameter in _of_samples(parameters_of(method, plan.parts)):
                size = parameter.nbytes * (2 + kept)
                learned[id(parameter)] = max(size, learned.get(id(parameter), 0))
    held = sum(t.nbytes for t in _of_samples(method.buffers()) if t is not method.given_labels)
    return (held + sum(learned.values())) // SAMPLES


def _of_samples(tensors: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    return [t for t in tensors if t.shape[:1] == (SAMPLES,)]


def _data(classes: int) -> NoisyData:
    """Black images of so many classes, with known noise."""
    labels = torch.arange(SAMPLES) % classes
    noise = NoiseApplied("symmetric", 0.4, 0, {}, 0.4, 0.0, torch.eye(classes))
    return NoisyData(
        name="black",
        title="Black",
        images=ImageSet(torch.zeros(SAMPLES + 1, 1, 8, 8, dtype=torch.uint8)),
        train_rows=range(SAMPLES),
        test=Split(range(SAMPLES, SAMPLES + 1), labels[:1]),
        labels=LabelSet(labels, labels, tuple(map(str, range(classes))), noise),
        recipe=Recipe(network="small-cnn", epochs=60, batch_size=64, learning_rate=0.01),
    )
