"""CIFAR-10N and CIFAR-100N: labels that people gave to CIFAR's training images.

Source: Wei et al., ICLR 2022 (arXiv 2110.12088). Read from the authors' ``CIFAR-10_human.pt`` or
``CIFAR-100_human.pt``, or from an .npz with the same keys; in torchvision's order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lnl.errors import BadInput

# How numpy pickles an array, under its name before and since numpy 2.
_RECONSTRUCT = np.empty(0).__reduce__()[0]
_ARRAY_GLOBALS: list[Any] = [
    (_RECONSTRUCT, "numpy.core.multiarray._reconstruct"),
    (_RECONSTRUCT, "numpy._core.multiarray._reconstruct"),
    np.ndarray,
    np.dtype,
    type(np.dtype(np.int64)),
    type(np.dtype(np.int32)),
]


@dataclass(frozen=True)
class HumanFile:
    """Where the labels of one data set lie, and under which key each choice."""

    names: tuple[str, ...]  # any of these in the data folder, or in its folder cifar-n
    keys: Mapping[str, str]  # choice -> key in the file

    def read(self, folder: Path, choice: str, true_labels: Tensor) -> Tensor:
        """The chosen labels of all N training samples, int64 [N].

        Raises BadInput if the file is missing or malformed, or in another order than the images.
        """
        path = self._find(folder)
        arrays = _load(path)
        key = self.keys[choice]
        for needed in ("clean_label", key):
            if needed not in arrays:
                raise BadInput(f"{path} has no {needed!r}; it holds {', '.join(sorted(arrays))}")
        clean, human = (
            _labels(path, k, np.asarray(arrays[k]), len(true_labels)) for k in ("clean_label", key)
        )
        if not torch.equal(clean, true_labels):
            raise BadInput(
                f"{path} is in another order than the images (its clean labels differ from the "
                "data set's); use the files in torchvision's order"
            )
        return human

    def _find(self, folder: Path) -> Path:
        for place in (folder / "cifar-n", folder):
            for name in self.names:
                if (place / name).is_file():
                    return place / name
        raise BadInput(
            f"the human labels were not found in {str(folder)!r}: put {self.names[0]} of the "
            "CIFAR-N authors (repository UCSC-REAL/cifar-10-100n) into that folder"
        )


def _labels(path: Path, key: str, array: np.ndarray[Any, Any], count: int) -> Tensor:
    if array.dtype.kind not in "iu" or array.shape != (count,):
        raise BadInput(
            f"{path} holds {list(array.shape)} of {array.dtype} as {key!r}, expected {count:,} "
            "whole numbers, one for each training image: fetch the authors' file again"
        )
    return torch.from_numpy(array.astype(np.int64))


def _load(path: Path) -> Mapping[str, Any]:
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as file:
                return dict(file)
        with torch.serialization.safe_globals(_ARRAY_GLOBALS):  # nothing else can be unpickled
            found = torch.load(path, weights_only=True)
    except Exception as error:
        raise BadInput(f"{path} cannot be read as human labels ({error})") from error
    if not isinstance(found, dict):
        raise BadInput(f"{path} holds a {type(found).__name__}, expected a dict of arrays")
    return found
