"""How fast this machine trains: a few steps of plain cross entropy on made-up images.

Nothing is stored, and no step of a run waits for it. Made-up images cost what real ones do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

import torch

from lnl.data import ImageSet, LabelSet, NoiseApplied, NoisyData, Split
from lnl.data.features import FeatureSet
from lnl.data.tables.table import Table
from lnl.defaults import BASELINE
from lnl.networks import ImageShape
from lnl.networks.backbones import backbone
from lnl.networks.frozen import backbone_name
from lnl.shapes import Recipe
from lnl.training.placement import Placement
from lnl.training.plan import Plan
from lnl.training.prepare import make_method
from lnl.training.randomness import generator, initialising
from lnl.training.trainer import Trainer

ENOUGH = 0.5  # seconds of an epoch that tell the pace
SLOW = 2.0  # seconds after which nothing more is tried
MOST = 5  # epochs that are counted
SOME = 16  # images that a backbone is tried on


@dataclass(frozen=True)
class Pace:
    """Seconds an image."""

    training: float
    evaluation: float
    features: float  # of a frozen backbone, once; 0: the network sees the images themselves


@lru_cache(maxsize=64)
def pace_of(
    image_shape: ImageShape,
    num_classes: int,
    recipe: Recipe,
    placement: Placement,
    samples: tuple[int, int],
    columns: int = 0,
) -> Pace:
    """That of a network on so many training and test images, or fewer. Blocks for seconds.

    ``columns``: of the rows of a table, in the place of images.
    """
    placement.enter_thread()
    features, vector = 0.0, 0
    if name := backbone_name(recipe.network):
        features, vector = _of_features(name, image_shape, placement), backbone(name).size
    step = min(samples[0], recipe.batch_size)
    trained, tested = step, min(samples[1], step)
    while True:
        some = (trained, tested)
        images = _table(some, columns) if columns else _images(sum(some), image_shape, vector)
        data = _made_up(images, num_classes, recipe, some)
        training, evaluation = _epoch(data, placement)
        seconds = training + evaluation
        enough = seconds >= SLOW or (seconds >= ENOUGH and trained > step)
        if enough or (trained, tested) == samples:
            return Pace(training / trained, evaluation / (trained + tested), features)
        more = 2 * max(1, ENOUGH / max(seconds, ENOUGH / 10))  # at most twenty times as many
        trained, tested = min(samples[0], int(trained * more)), min(samples[1], int(tested * more))


def _epoch(data: NoisyData, placement: Placement) -> tuple[float, float]:
    """Seconds of training and evaluation in an epoch, after one that warms up: a median."""
    method = make_method(BASELINE, data)
    trainer = Trainer(method, data, Plan(0, data.recipe.batch_size, placement))
    next(trainer)  # loads what torch needs
    training: list[float] = []
    evaluation: list[float] = []
    while len(training) < MOST and sum(training) + sum(evaluation) < SLOW:
        record = next(trainer).record
        training.append(record.seconds)
        evaluation.append(record.evaluation_seconds)
    return median(training), median(evaluation)


def _images(count: int, shape: ImageShape, vector: int) -> ImageSet:
    """Noise in the place of images, or of their features where ``vector`` says how many."""
    draws = generator(torch.device("cpu"), "pace")
    if vector:
        return FeatureSet(torch.randn(count, vector, generator=draws).half())
    return ImageSet(torch.randint(0, 256, (count, *shape), generator=draws, dtype=torch.uint8))


def _table(samples: tuple[int, int], columns: int) -> Table:
    draws = generator(torch.device("cpu"), "pace")
    values = torch.randn(sum(samples), columns, generator=draws)
    return Table(values.numpy(), range(samples[0]))


def _made_up(
    images: ImageSet, num_classes: int, recipe: Recipe, samples: tuple[int, int]
) -> NoisyData:
    count = len(images)
    labels = torch.arange(count) % num_classes
    given = labels[: samples[0]]
    names = tuple(map(str, range(num_classes)))
    return NoisyData(
        "",
        "",
        images,
        range(samples[0]),
        Split(range(samples[0], count), labels[samples[0] :]),
        LabelSet(given, given, names, NoiseApplied("none", 0.0, 0, {}, 0.0)),
        replace(recipe, epochs=1 + MOST),  # whatever those of the method
    )


def _of_features(name: str, image_shape: ImageShape, placement: Placement) -> float:
    """Seconds that a backbone takes for an image."""
    found = backbone(name)
    with initialising("pace"):
        network = found.make().eval().to(placement.device)
    images = torch.zeros(SOME, *image_shape, dtype=torch.uint8, device=placement.device)

    def look() -> None:
        with torch.inference_mode(), placement.autocast():
            network(found.form.normalised(images))

    _timed(look, placement)
    return _timed(look, placement) / SOME


def _timed(work: Callable[[], None], placement: Placement) -> float:
    placement.synchronise()
    started = time.perf_counter()
    work()
    placement.synchronise()
    return time.perf_counter() - started
