"""The features of all images of a set by a frozen backbone: computed once, kept in the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray

from lnl.data import data_of
from lnl.data.features import FeatureSet
from lnl.data.images import ImageSet, Rows
from lnl.data.reading_ahead import read_in_order
from lnl.data.sharing import Shared
from lnl.networks.backbones import Backbone, backbone
from lnl.networks.frozen import backbone_name
from lnl.paths import cache_of_features
from lnl.records import RunSpec
from lnl.training.placement import Placement
from lnl.unwritable import told_if_unwritable

ROWS = 64  # images a forward
SYNCED = 8  # forwards between two states on the disk
Told = Callable[[int, int], None]  # forwards done, of how many; may raise to stop

_alive: Shared[FeatureSet] = Shared()


def features_of(
    images: ImageSet, rows: Sequence[Rows], name: str, placement: Placement, told: Told
) -> FeatureSet:
    """The features of the images at ``rows``, float16 [N, D] of all N, mapped from the cache.

    What is there already is not computed again, whoever computed it; what ``told`` raises ends the
    work, which goes on from there. Other rows are zero, or what other runs wanted. Raises BadInput
    where the backbone is not here, Unwritable for a full disk.
    """
    found = backbone(name)
    path = _file(images, found)
    wanted = np.unique(np.concatenate([np.asarray(each) for each in rows]))

    def make() -> FeatureSet:
        with told_if_unwritable(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path.with_suffix(".lock")):
                _complete(images, wanted, found, placement, path, told)
        mapped = np.load(path, mmap_mode="c", allow_pickle=False)
        return FeatureSet(torch.from_numpy(mapped), file=path)

    return _alive.get((path, wanted.tobytes()), make)


def left_to_compute(spec: RunSpec) -> int:
    """How many images of a run on a frozen backbone have no features yet. Raises BadInput."""
    name = backbone_name(spec.network or "")
    assert name is not None
    data = data_of(spec)
    rows = [data.train_rows, data.test.rows]
    if data.validation is not None:
        rows.append(data.validation.rows)
    wanted = np.concatenate([np.asarray(each) for each in rows])
    there = _file(data.images, backbone(name)).with_suffix(".there.npy")
    if not there.exists():
        return len(wanted)
    return int((np.load(there, mmap_mode="r", allow_pickle=False)[wanted] == 0).sum())


def _file(images: ImageSet, found: Backbone) -> Path:
    """By the images, the backbone and its weights."""
    parts = (images.fingerprint, found.name.replace(":", "-"), found.weights)
    return cache_of_features() / f"{'-'.join(filter(None, parts))}.npy"


def _complete(
    images: ImageSet,
    wanted: NDArray[np.int64],
    found: Backbone,
    placement: Placement,
    path: Path,
    told: Told,
) -> None:
    """Compute those of the wanted rows that are not there yet."""
    there = _opened(path.with_suffix(".there.npy"), np.uint8, (len(images),))
    missing = wanted[there[wanted] == 0]
    if not len(missing):
        return
    kept = _opened(path, np.float16, (len(images), found.size))
    network = found.make().eval().to(placement.device)
    steps = np.array_split(missing, -(-len(missing) // ROWS))
    with torch.inference_mode(), placement.autocast():
        batches = read_in_order(images.read, [torch.from_numpy(step) for step in steps])
        for number, step in enumerate(steps):
            told(number, len(steps))
            batch = next(batches).to(placement.device)
            kept[step] = network(found.form.normalised(batch)).float().cpu().numpy()
            if (number + 1) % SYNCED == 0 or number + 1 == len(steps):
                kept.flush()  # before it is said to be there
                there[np.concatenate(steps[number // SYNCED * SYNCED : number + 1])] = 1
                there.flush()


def _opened(path: Path, dtype: type, shape: tuple[int, ...]) -> np.memmap[Any, Any]:
    """An array on the disk that can be written; made, full of zeros, where there is none."""
    mode: Literal["r+", "w+"] = "r+" if path.exists() else "w+"
    return np.lib.format.open_memmap(path, mode, dtype, shape)
