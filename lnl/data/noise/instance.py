"""Instance-dependent noise: the wrong label follows from the image.

Source: Xia et al., NeurIPS 2020 (part-dependent label noise), the authors' generator.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.data.noise.class_conditional import draw_rows
from lnl.data.noise.model import NoiseInput, NoiseOutput, register
from lnl.data.source import LabelledImages
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
    pixels, scale = _pixels(noise.data)
    probabilities = np.empty((len(pixels), noise.data.num_classes))
    for c in range(noise.data.num_classes):
        weights = noise.random.standard_normal((pixels.shape[1], noise.data.num_classes))
        rows = np.flatnonzero(noise.true_labels == c)
        for part in np.array_split(rows, max(1, len(rows) // 4096)):
            probabilities[part] = row_probabilities(
                pixels[part] / scale, c, flip_rates[part], weights, noise.offered
            )
    given = draw_rows(probabilities, np.arange(len(pixels)), noise.random)
    return NoiseOutput(given, transition_matrix=None)


def _pixels(data: LabelledImages) -> tuple[NDArray[Any], float]:
    """Of each training sample [N, D], and the brightest they can be; the columns of a table."""
    if isinstance(data.images, Table):
        return data.images.vectors.read(data.train.rows).double().numpy(), 1
    return data.train_images.flatten(1).numpy(), 255


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
