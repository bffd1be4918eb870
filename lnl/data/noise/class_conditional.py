"""Noise models that know only the true class: symmetric, asymmetric, pair, super-class, matrix.

Each says for every class how large a share is touched and by what label it is replaced; drawing
is common to all. Numbers come from numpy's legacy generator on the CPU, whose streams never
change: the same seed gives the same labels on every machine and device.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnl.data.noise.model import NoiseInput, NoiseOption, NoiseOutput, register
from lnl.data.source import ClassMap, Source
from lnl.data.split import choose, quotas

Matrix = NDArray[np.float64]
SAMPLING = NoiseOption(
    "sampling",
    "exact: the touched share of each class is met exactly; iid: one draw for each sample",
    ("exact", "iid"),
)


@dataclass(frozen=True)
class Flips:
    """Class c has ``share[c]`` of its samples touched; these get a label drawn from its row."""

    share: NDArray[np.float64]  # [K]
    replacement: Matrix  # [K, K], rows sum to 1

    @property
    def transition_matrix(self) -> Matrix:
        """[K, K], row = true class."""
        stay = np.eye(len(self.share)) * (1 - self.share)[:, None]
        matrix: Matrix = stay + self.share[:, None] * self.replacement
        return matrix


def draw(flips: Flips, noise: NoiseInput, labels: NDArray[np.int64] | None = None) -> NoiseOutput:
    """Labels (by default all the true ones) after ``flips``, among the classes that have images."""
    return sampled(among(flips, noise.offered[: len(flips.share)]), noise, labels)


def among(flips: Flips, offered: NDArray[np.bool_]) -> Flips:
    """The same without the classes that are not ``offered`` [K]; where none is left, labels stay.

    What else a label could become is as likely, relative to each other, as before.
    """
    if offered.all():
        return flips
    replacement = flips.replacement * offered
    sums = replacement.sum(axis=1)
    left = sums > 0
    replacement[left] /= sums[left, None]
    replacement[~left] = np.eye(len(offered))[~left]
    return Flips(np.where(left, flips.share, 0.0), replacement)


def sampled(
    flips: Flips, noise: NoiseInput, labels: NDArray[np.int64] | None = None
) -> NoiseOutput:
    """Labels (by default all the true ones) after ``flips``, by the sampling that was asked for.

    exact: of each class a fixed number is drawn without replacement (NLNL's generator takes
    int(N r / K) of each class; ours share * class size, rounded so that the total is right for
    classes of unequal size too). iid: one draw a sample from its row of the matrix (Patrini et
    al., SED and its family).
    """
    labels = noise.true_labels if labels is None else labels
    if noise.options["sampling"] == "iid":
        given = draw_rows(flips.transition_matrix, labels, noise.random)
    else:
        sizes = np.bincount(labels, minlength=len(flips.share))
        touched = choose(labels, quotas(sizes, flips.share), noise.random)
        given = labels.copy()
        given[touched] = draw_rows(flips.replacement, labels[touched], noise.random)
    return NoiseOutput(given, flips.transition_matrix)


def draw_rows(
    matrix: Matrix, rows: NDArray[np.int64], random: np.random.RandomState
) -> NDArray[np.int64]:
    """One draw from row ``rows[i]`` of the matrix for each i; a class of probability 0 never."""
    cumulative = matrix.cumsum(axis=1)
    cumulative /= cumulative[:, -1:]
    draws = random.random_sample(len(rows))
    drawn: NDArray[np.int64] = (cumulative[rows] <= draws[:, None]).sum(axis=1)
    return drawn


def mapped(class_map: ClassMap, rate: float, num_classes: int) -> Flips:
    """Each source class of the map is taken for its target with probability ``rate``."""
    share = np.zeros(num_classes)
    replacement = np.eye(num_classes)
    for true_class, target in class_map.items():
        share[true_class] = rate
        replacement[true_class] = np.eye(num_classes)[target]
    return Flips(share, replacement)


def next_class(num_classes: int) -> ClassMap:
    """Every class is taken for the next, the last for the first."""
    return {c: (c + 1) % num_classes for c in range(num_classes)}


def uniform_over_others(num_classes: int) -> Matrix:
    """Rows that are uniform over the other classes."""
    matrix: Matrix = (1 - np.eye(num_classes)) / (num_classes - 1)
    return matrix


def within(groups: tuple[tuple[int, ...], ...], rate: float, num_classes: int) -> Flips:
    """Uniform over the other classes of the same group; a class alone in its group stays."""
    share = np.zeros(num_classes)
    replacement = np.eye(num_classes)
    for group in groups:
        for c in group if len(group) > 1 else ():
            share[c] = rate
            replacement[c] = 0
            replacement[c, [other for other in group if other != c]] = 1 / (len(group) - 1)
    return Flips(share, replacement)


def _sampling(source: Source) -> tuple[NoiseOption, ...]:
    return (SAMPLING,)


def _maps(source: Source) -> tuple[NoiseOption, ...]:
    return (
        NoiseOption("map", "which class is taken for which", (*source.class_maps, "next")),
        SAMPLING,
    )


@register("none", title="None", source="the labels as they are", uses_rate=False, adds=False)
def none(noise: NoiseInput) -> NoiseOutput:
    """No noise is added; the labels stay as the data set gives them."""
    given = noise.data.train.labels.numpy().copy()
    counted = noise.data.true_labels is not None  # with the wrong ones that it has
    return NoiseOutput(given, None if counted else np.eye(noise.data.num_classes))


@register("symmetric", title="Symmetric", source="e.g. RFL, SED, FINE", options=_sampling)
def symmetric(noise: NoiseInput) -> NoiseOutput:
    """Every label is replaced at the same rate, by any other class alike."""
    classes = noise.data.num_classes
    flips = Flips(np.full(classes, noise.rate), uniform_over_others(classes))
    return draw(flips, noise)


@register(
    "symmetric-inc",
    title="Symmetric, true class included",
    source="NLNL (Tables 1, 4, 7), DivideMix",
    options=_sampling,
)
def symmetric_including(noise: NoiseInput) -> NoiseOutput:
    """As symmetric, but the new label may be the true one: the actual rate is r (K - 1) / K."""
    classes = noise.data.num_classes
    flips = Flips(np.full(classes, noise.rate), np.full((classes, classes), 1 / classes))
    return draw(flips, noise)


@register("asymmetric", title="Asymmetric", source="Patrini et al., CVPR 2017; NLNL", options=_maps)
def asymmetric(noise: NoiseInput) -> NoiseOutput:
    """Some classes are taken for a class that looks like them, as the map says."""
    classes = noise.data.num_classes
    name = noise.options["map"]
    class_map = next_class(classes) if name == "next" else noise.source.class_maps[name]
    return draw(mapped(class_map, noise.rate, classes), noise)


@register("pair", title="Pair", source="Han et al. (Co-teaching), NeurIPS 2018", options=_sampling)
def pair(noise: NoiseInput) -> NoiseOutput:
    """Every class is taken for the next one in the list."""
    classes = noise.data.num_classes
    return draw(mapped(next_class(classes), noise.rate, classes), noise)


def _needs_superclasses(source: Source) -> str:
    return "" if source.superclasses else f"{source.title} has no super-classes"


@register(
    "superclass",
    title="Within super-classes",
    source="as in CIFAR-100's coarse labels",
    options=_sampling,
    needs=_needs_superclasses,
)
def superclass(noise: NoiseInput) -> NoiseOutput:
    """Labels are replaced by another class of the same super-class, any of them alike."""
    flips = within(noise.source.superclasses, noise.rate, noise.data.num_classes)
    return draw(flips, noise)
