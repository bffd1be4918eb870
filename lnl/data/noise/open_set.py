"""Open-set noise: images of classes that the network does not know, under labels of known ones.

Source: CIFAR-80N of SED (ECCV 2024), Jo-SRC and PNP: of 100 classes the first 80 are known.
"""

from dataclasses import replace

import numpy as np
import torch

from lnl.data.noise.class_conditional import (
    SAMPLING,
    Flips,
    draw,
    mapped,
    next_class,
    uniform_over_others,
)
from lnl.data.noise.model import OPEN_SET, NoiseInput, NoiseOption, NoiseOutput, register
from lnl.data.source import LabelledImages, Source, Split
from lnl.errors import BadInput


def _options(source: Source) -> tuple[NoiseOption, ...]:
    return (
        NoiseOption("kind", "noise among the known classes", ("symmetric", "asymmetric")),
        NoiseOption(
            "known",
            "how many classes, from the first, the network knows; the others are open-set",
            default=source.num_classes - max(1, source.num_classes // 5),
        ),
        SAMPLING,
    )


def _needs(source: Source) -> str:
    return "" if source.num_classes >= 3 else f"{source.title} has fewer than 3 classes"


@register(
    "open-set",
    title="Open-set",
    source="CIFAR-80N (SED, Jo-SRC, PNP)",
    options=_options,
    needs=_needs,
    tried_first=True,
)
def open_set(noise: NoiseInput) -> NoiseOutput:
    """The last classes are unknown: their images get a label of a known class, always wrong.

    The known classes have symmetric or next-class noise; the test set keeps known classes only.
    """
    known = _checked(noise.options["known"], noise.data.num_classes)
    is_known = noise.true_labels < known
    if noise.options["kind"] == "symmetric":
        flips = Flips(np.full(known, noise.rate), uniform_over_others(known))
    else:
        flips = mapped(next_class(known), noise.rate, known)
    drawn = draw(flips, noise, noise.true_labels[is_known])
    offered = np.flatnonzero(noise.offered[:known])
    given = offered[noise.random.randint(len(offered), size=len(is_known), dtype=np.int64)]
    given[is_known] = drawn.given_labels
    return NoiseOutput(
        given,
        drawn.transition_matrix,
        true_labels=np.where(is_known, noise.true_labels, OPEN_SET),
        data=_keep(noise.data, known),
        options={"known": known},
    )


def _checked(known: object, num_classes: int) -> int:
    try:
        number = int(str(known))
    except ValueError:
        number = 0
    if not 2 <= number < num_classes:
        raise BadInput(f"known must be a number of classes in [2, {num_classes - 1}], got {known}")
    return number


def _keep(data: LabelledImages, known: int) -> LabelledImages:
    is_known = data.test.labels < known
    rows = torch.as_tensor(data.test.rows)[is_known]
    if not len(rows):
        raise BadInput(
            f"no test image would be left: all belong to the last {data.num_classes - known} of "
            f"{data.num_classes} classes, which open-set noise takes away; choose a larger known"
        )
    test = Split(rows, data.test.labels[is_known])
    return replace(data, test=test, class_names=data.class_names[:known])
