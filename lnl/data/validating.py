"""Which images are validated on, and under which labels.

Only noisy data are assumed to exist: what is taken from the training set to validate on has its
given labels, after the noise, and noise that is added is added to a data set's own validation
images too. Labels of a file, or of people, are of the training images alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from lnl.data.images import Rows
from lnl.data.source import LabelledImages, Split
from lnl.data.split import choose, quotas
from lnl.errors import BadInput

MOST = 0.5  # of the training images


@dataclass(frozen=True)
class Parts:
    """The training samples that are left, and those to validate on."""

    train_rows: Rows  # [N]
    given: Tensor  # int64 [N]
    true: Tensor | None
    validation: Split | None


def check_validation(share: float, has_own: bool) -> None:
    """Raises BadInput for a share that cannot be, or beside validation images of the data's own."""
    if not 0 <= share <= MOST:
        raise BadInput(f"the share to validate on must lie in [0, {MOST:g}], got {share:g}")
    if share and has_own:
        raise BadInput(
            "the data have validation images of their own, which are used: leave out the share to "
            "validate on"
        )


def with_validation_images(data: LabelledImages) -> LabelledImages:
    """The data with their own validation images behind those of the training, if they have any."""
    if data.validation is None:
        return data
    both = (data.train, data.validation)
    train = Split(
        torch.cat([torch.as_tensor(part.rows) for part in both]),
        torch.cat([part.labels for part in both]),
    )
    true = data.true_labels
    if true is not None:
        known = data.true_validation_labels
        true = torch.cat([true, data.validation.labels if known is None else known])
    return replace(data, train=train, true_labels=true)


def parted(
    data: LabelledImages, given: Tensor, true: Tensor | None, share: float, seed: int
) -> Parts:
    """Training and validation samples after the noise, which was drawn on both or on the first.

    ``given`` and ``true`` are of the training images, perhaps with those of the data's own
    validation images behind them. A ``share`` is drawn by ``seed`` from each class of given labels
    and never takes its last sample. Raises BadInput where it is nobody.
    """
    rows, count = data.train.rows, len(data.train.labels)
    if data.validation is not None:
        labels = given[count:] if len(given) > count else data.validation.labels
        first = None if true is None else true[:count]
        return Parts(rows, given[:count], first, Split(data.validation.rows, labels))
    if not share:
        return Parts(rows, given, true, None)
    sizes = np.bincount(given.numpy())
    wanted = np.minimum(quotas(sizes, share), (sizes - 1).clip(0))
    if not wanted.sum():
        raise BadInput(
            f"a share of {share:g} of {count:,} training images leaves none to validate on: "
            "choose a larger one"
        )
    random = np.random.RandomState([seed, 2])  # apart from noise and limit of the same seed
    taken = torch.from_numpy(choose(given.numpy(), wanted, random))
    places = torch.as_tensor(rows)
    left = None if true is None else true[~taken]
    return Parts(places[~taken], given[~taken], left, Split(places[taken], given[taken]))
