"""Noise that someone gives: a transition matrix of the user, or labels that people made."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lnl.data.noise.class_conditional import SAMPLING, Flips, sampled
from lnl.data.noise.model import NoiseInput, NoiseOption, NoiseOutput, register
from lnl.data.source import Source
from lnl.errors import BadInput

FORMS = "K rows of K numbers as JSON, or the path of a .csv, .txt or .npy file"


def _matrix_options(source: Source) -> tuple[NoiseOption, ...]:
    return (NoiseOption("matrix", f"row = true class; {FORMS}"), SAMPLING)


@register(
    "matrix", title="Your own matrix", source="yours", options=_matrix_options, uses_rate=False
)
def matrix(noise: NoiseInput) -> NoiseOutput:
    """A transition matrix of your own says what each class is taken for, and how often."""
    rows = read_matrix(noise.options["matrix"], noise.data.num_classes)
    share = 1 - rows.diagonal()
    others = rows * (1 - np.eye(len(rows)))
    replacement = np.where(share[:, None] > 0, others, np.eye(len(rows)))
    replacement /= replacement.sum(axis=1, keepdims=True)
    drawn = sampled(Flips(share, replacement), noise)
    return NoiseOutput(drawn.given_labels, rows, options={"matrix": rows.tolist()})


def read_matrix(given: Any, num_classes: int) -> NDArray[np.float64]:
    """The matrix [K, K] as numbers. Raises BadInput that says what is wrong with it."""
    if given is None:
        raise BadInput(f"the noise model 'matrix' needs its option matrix: {FORMS}")
    try:
        rows = np.asarray(_parsed(given), dtype=np.float64)
    except (ValueError, TypeError, OSError, EOFError) as error:
        raise BadInput(f"the matrix cannot be read ({error}); expected {FORMS}") from None
    if rows.shape != (num_classes, num_classes):
        raise BadInput(f"the matrix has shape {list(rows.shape)}, expected {[num_classes] * 2}")
    if not (np.isfinite(rows).all() and (rows >= 0).all() and (rows <= 1).all()):
        raise BadInput("the matrix must hold probabilities in [0, 1]")
    sums = rows.sum(axis=1)
    if (wrong := np.flatnonzero(abs(sums - 1) > 1e-6)).size:
        raise BadInput(f"row {wrong[0]} of the matrix sums to {sums[wrong[0]]:g}, expected 1")
    return rows


def _parsed(given: Any) -> Any:
    if not isinstance(given, str | Path):
        return given
    text = str(given)
    if text.lstrip().startswith("["):
        return json.loads(text)
    if text.endswith(".npy"):
        return np.load(text, allow_pickle=False)
    return np.loadtxt(text, delimiter="," if text.endswith(".csv") else None, ndmin=2)


def _human_options(source: Source) -> tuple[NoiseOption, ...]:
    choices = source.human_labels.choices if source.human_labels else ()
    return (NoiseOption("labels", "whose labels", choices),) if choices else ()


def _needs_people(source: Source) -> str:
    return "" if source.human_labels else f"there are no human labels for {source.title}"


@register(
    "human",
    title="Human labels",
    source="CIFAR-N (Wei et al., ICLR 2022)",
    options=_human_options,
    uses_rate=False,
    needs=_needs_people,
    tried_first=True,
)
def human(noise: NoiseInput) -> NoiseOutput:
    """Labels that people gave, mistakes and all."""
    people = noise.source.human_labels
    assert people is not None  # `needs` has said so
    every = noise.source.load(noise.folder).train.labels
    labels = people.read(noise.folder, noise.options["labels"], every)
    classes = noise.data.num_classes
    outside = torch.nonzero((labels < 0) | (labels >= classes)).flatten()
    if len(outside):
        row = int(outside[0])
        raise BadInput(
            f"the human labels lie outside the classes 0 to {classes - 1}: image {row} has "
            f"{int(labels[row])}; fetch the authors' file again"
        )
    return NoiseOutput(noise.sample.of(labels.numpy()), transition_matrix=None)
