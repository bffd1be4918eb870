"""The labels of a data set: a layer on its images, which stay what they are."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lnl.data.noise.model import OPEN_SET


@dataclass(frozen=True)
class NoiseApplied:
    """The noise on a data set, as it was asked for and as it came out."""

    model: str
    nominal_rate: float
    seed: int
    options: dict[str, Any]  # resolved
    actual_rate: float | None  # share with given != true label; None: true labels unknown
    open_set_rate: float = 0.0  # share that belongs to no class
    transition_matrix: Tensor | None = None  # [K, K], row = true class; nominal, else counted
    counted: bool = False  # the matrix is what came out: the noise has no nominal one
    added: bool = False  # to labels that may be wrong themselves: the rate counts it alone


@dataclass(frozen=True)
class LabelSet:
    """The labels of the N training samples."""

    given: Tensor  # int64 [N]
    true: Tensor | None  # int64 [N], -1 = open-set; None: unknown
    class_names: tuple[str, ...]
    noise: NoiseApplied  # where the given labels come from

    @property
    def groups(self) -> Tensor:
        """0 clean, 1 mislabelled, 2 open-set, 3 unknown; int8 [N]."""
        if self.true is None:
            return torch.full_like(self.given, 3, dtype=torch.int8)
        groups = (self.given != self.true).to(torch.int8)
        return groups.masked_fill(self.true == OPEN_SET, 2)
