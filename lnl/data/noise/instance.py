"""Instance-dependent noise: the wrong label follows from the image.

Source: Xia et al., NeurIPS 2020 (part-dependent label noise), the authors' generator.
"""

import math

import numpy as np
from numpy.typing import NDArray

from lnl.data.images import rows_at
from lnl.data.noise.class_conditional import draw_rows
from lnl.data.noise.model import NoiseInput, NoiseOutput, register
from lnl.data.tables.table import Table

DEVIATION = 0.1  # of the flip rates


@register(
    "instance",
    title="Instance-dependent",
    source="Xia et al., NeurIPS 2020",
)
def instance(noise: NoiseInput) -> NoiseOutput:
    """Each image has its own rate; its wrong label is nearly a linear function of its pixels."""
    flip_rates = draw_flip_rates(len(noise.true_labels), noise.rate, noise.random)
    # Double precision: in single, the order of a sum could change a label between machines.
    images, train, brightest = noise.data.images, noise.data.train.rows, 255
    if isinstance(images, Table):
        images, brightest = images.vectors, 1
    probabilities = np.empty((len(noise.true_labels), noise.data.num_classes))
    for c in range(noise.data.num_classes):
        weights = noise.random.standard_normal((math.prod(images.shape), noise.data.num_classes))
        rows = np.flatnonzero(noise.true_labels == c)
        for part in np.array_split(rows, max(1, len(rows) // 4096)):
            pixels = images.read(rows_at(train, part)).flatten(1).numpy()
            probabilities[part] = row_probabilities(
                pixels / brightest, c, flip_rates[part], weights, noise.offered
            )
    given = draw_rows(probabilities, np.arange(len(probabilities)), noise.random)
    return NoiseOutput(given, transition_matrix=None)


def draw_flip_rates(count: int, rate: float, random: np.random.RandomState) -> NDArray[np.float64]:
    """Normal(rate, 0.1^2) truncated to [0, 1], by rejection; one for each sample by its place."""
    rates = random.normal(rate, DEVIATION, count)
    while (outside := (rates < 0) | (rates > 1)).any():
        rates[outside] = random.normal(rate, DEVIATION, int(outside.sum()))
    return rates


def row_probabilities(
    pixels: NDArray[np.float64],
    true_class: int,
    flip_rates: NDArray[np.float64],
    weights: NDArray[np.float64],
    offered: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Label probabilities [n, K] of images of one class; pixels [n, D] in [0, 1], weights [D, K].

    1 - q for the true class, q * softmax(pixels @ weights) over the others that are ``offered``.
    """
    others = offered & (np.arange(len(offered)) != true_class)
    if not others.any():
        return np.tile(np.eye(len(offered))[true_class], (len(pixels), 1))
    scores = np.where(others, pixels @ weights, -np.inf)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float64] = scores * (flip_rates / scores.sum(axis=1))[:, None]
    probabilities[:, true_class] = 1 - flip_rates
    return probabilities
