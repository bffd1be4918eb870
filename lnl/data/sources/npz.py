"""A user's own data: any .npz file with x_train, y_train, x_test and y_test.

Nothing in the file is executed: pickled arrays are refused.
"""

import zipfile
import zlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lnl.data.sharing import Stamp, loaded, stamp
from lnl.data.source import LabelledImages, Source
from lnl.errors import BadInput
from lnl.shapes import Recipe

REQUIRED = ("x_train", "y_train", "x_test", "y_test")
# What numpy and zipfile raise on files that are damaged, hostile or something else.
_UNREADABLE = (
    ValueError,
    OSError,
    EOFError,
    KeyError,
    MemoryError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)
FEW = 5_000  # training images: below, the steps of 30 epochs are too few for negative learning
LAYOUT = (
    "images uint8 (or floats in [0, 1]) as [N, H, W], [N, H, W, C] or [N, C, H, W] with 1 or 3 "
    "channels, labels as integers [N] from 0"
)


def npz_source(path: Path) -> Source:
    """The file at ``path`` as a data set; the recipe follows the size of its images.

    The file is read when it is new or has changed, and when its images are wanted that nobody has
    any more. Raises BadInput that names the array and what is wrong with it.
    """
    if not path.is_file():
        raise BadInput(f"there is no file {str(path)!r}; give the path of an .npz file")
    found = _described(stamp(path))
    if isinstance(found, str):
        raise BadInput(found)
    return replace(found, name=str(path))


@lru_cache(maxsize=64)
def _described(state: Stamp) -> Source | str:
    """The data set of a file in one state, or what is wrong with it."""
    path = Path(state[0])

    def load(folder: Path | None = None) -> LabelledImages:
        return loaded.get(state, lambda: _read_in(state))

    try:
        data = load()
    except BadInput as error:
        return str(error)
    return Source(
        name=str(path),
        title=path.stem,
        summary="Your own data; true labels are unknown.",
        recipe=_recipe(data, min(data.images.shape[1:])),
        load=load,
        num_train=len(data.train.labels),
        num_test=len(data.test.labels),
        num_classes=data.num_classes,
        image_shape=data.images.shape,
        labels_are_true=False,
    )


def _read_in(state: Stamp) -> LabelledImages:
    path = Path(state[0])
    data = read_npz(path)
    if not path.is_file() or stamp(path) != state:
        raise BadInput(f"{path} has changed while it was read: try again")
    return data


def read_npz(path: Path) -> LabelledImages:
    """Read and check the file. Raises BadInput."""
    arrays = _arrays(path)
    missing = [key for key in REQUIRED if key not in arrays]
    if missing:
        raise BadInput(
            f"{path} has no {', '.join(missing)}. It must hold x_train, y_train, x_test, y_test "
            f"({LAYOUT}); it holds {', '.join(arrays) or 'none of them'}"
        )
    # an array goes once its images are made of it: whole sets lie in memory
    train_images = _images(arrays.pop("x_train"), "x_train")
    test_images = _images(arrays.pop("x_test"), "x_test")
    if train_images.shape[1:] != test_images.shape[1:]:
        raise BadInput(
            f"x_train has images of [C, H, W] = {list(train_images.shape[1:])}, "
            f"x_test of {list(test_images.shape[1:])}; they must be equal"
        )
    train_labels = _labels(arrays["y_train"], "y_train", len(train_images))
    test_labels = _labels(arrays["y_test"], "y_test", len(test_images))
    names = _class_names(arrays, int(max(train_labels.max(), test_labels.max())) + 1)
    return LabelledImages.of(train_images, train_labels, test_images, test_labels, names)


def _arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    wanted = (*REQUIRED, "class_names")
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, np.lib.npyio.NpzFile):
            raise BadInput(f"{path} is a single array, not an .npz of several (np.savez)")
        with file:
            return {key: file[key] for key in file.files if key in wanted}
    except BadInput:
        raise
    except _UNREADABLE as error:
        raise BadInput(
            f"{path} cannot be read as an .npz of plain arrays ({error}); "
            "write it with np.savez, without object arrays"
        ) from None


def _images(array: NDArray[np.generic], key: str) -> Tensor:
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or 0 in array.shape:
        raise BadInput(f"{key} has shape {list(array.shape)}; expected {LAYOUT}")
    if array.shape[3] in (1, 3):
        array = array.transpose(0, 3, 1, 2)
    elif array.shape[1] not in (1, 3):
        raise BadInput(f"{key} has shape {list(array.shape)}, without 1 or 3 channels: {LAYOUT}")
    return torch.from_numpy(np.ascontiguousarray(_bytes(array, key)))


def _bytes(array: NDArray[np.generic], key: str) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array.astype(np.uint8, copy=False)
    if array.dtype.kind not in "fiu":
        raise BadInput(f"{key} has values of type {array.dtype}; expected {LAYOUT}")
    low, high = float(array.min()), float(array.max())
    if not np.isfinite([low, high]).all():  # NaN and infinities show in the extremes
        raise BadInput(f"{key} holds values that are not finite (NaN or infinite)")
    top = 1 if array.dtype.kind == "f" else 255
    if low < 0 or high > top:
        raise BadInput(
            f"{key} ({array.dtype}) must lie in [0, {top}], found {low:g} to {high:g}; "
            "store the images before normalisation"
        )
    levels: NDArray[np.uint8] = np.rint(array.astype(np.float32) * (255 / top)).astype(np.uint8)
    return levels


def _labels(array: NDArray[np.generic], key: str, rows: int) -> Tensor:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (rows,):
        raise BadInput(
            f"{key} has shape {list(array.shape)}; expected one label for each of {rows} images"
        )
    if array.dtype.kind not in "iu":
        raise BadInput(f"{key} has values of type {array.dtype}; labels must be integers from 0")
    if int(array.min()) < 0 or int(array.max()) > 65_534:
        raise BadInput(f"{key} must lie in [0, 65534], found {array.min()} to {array.max()}")
    return torch.from_numpy(array.astype(np.int64))


def _class_names(arrays: dict[str, NDArray[np.generic]], used: int) -> tuple[str, ...]:
    if "class_names" not in arrays:
        if used < 2:
            raise BadInput("y_train and y_test hold a single class; at least 2 are needed")
        return tuple(str(c) for c in range(used))
    names = arrays["class_names"]
    if names.ndim != 1 or names.dtype.kind != "U" or len(names) < 2:
        raise BadInput(f"class_names must be a list of 2 or more texts, got {names.dtype} array")
    if used > len(names):
        raise BadInput(f"labels go up to {used - 1}, but class_names has only {len(names)} names")
    return tuple(str(name) for name in names)


def _recipe(data: LabelledImages, side: int) -> Recipe:
    mean, std = data.channel_statistics()
    if side <= 28:
        few = len(data.train.labels) < FEW
        epochs, size = (60, 64) if few else (30, 128)
        return Recipe("small-cnn", epochs, size, learning_rate=0.05, mean=mean, std=std)
    return Recipe(
        "resnet18",
        epochs=100,
        learning_rate=0.1,
        weight_decay=5e-4,
        milestones=(0.5, 0.75),
        mean=mean,
        std=std,
        crop=side // 8,
        flip=len(mean) == 3,
        cutout=side // 2,
    )
