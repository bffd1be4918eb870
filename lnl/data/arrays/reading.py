"""An ``.npz`` of a user, as labelled images. Nothing in it is executed: pickled arrays are refused.

The parts in order: which array is what (``keys``), how the images lie in it (``images``), what the
labels are (``labels``) and which classes they name (``coding``).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.lib import format as npy
from numpy.typing import NDArray
from torch import Tensor

from lnl.data.arrays.coding import Coded, coded
from lnl.data.arrays.images import axes_in_order, scales, to_bytes
from lnl.data.arrays.keys import CLASS_IDS, CLASS_NAMES, Role, role_of, roles
from lnl.data.arrays.labels import plain_labels
from lnl.data.classes import without_sample
from lnl.data.images import ImageSet
from lnl.data.parts import Part
from lnl.data.source import LabelledImages, Split
from lnl.data.split import stratified
from lnl.data.tables.of_arrays import are_vectors, table_of_arrays
from lnl.errors import BadInput

HELD_OUT = 0.2  # of the images, where the file has no test set
_DESCRIBED, _TOLD = 40, 12  # arrays of a file that a message describes, that a note names
# What numpy and zipfile raise on files that are damaged, hostile or something else.
UNREADABLE = (
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


def read_npz(path: Path) -> LabelledImages:
    """Read and check the file. Raises BadInput that names the array and what is wrong with it."""
    try:
        return _labelled(_opened(path))
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None
    except UNREADABLE as error:
        raise BadInput(
            f"{path} cannot be read as an .npz of plain arrays ({error}); "
            "write it with np.savez, without object arrays"
        ) from None


@dataclass(frozen=True)
class _Arrays:
    """What is used of a file; an array is given away once its images or labels are made of it."""

    roles: dict[Role, str]
    arrays: dict[str, NDArray[Any]]
    unused: tuple[str, ...]

    @property
    def parts(self) -> list[Part]:
        found: list[Part] = ["train"]
        if Role("test", "images") in self.roles:
            found.append("test")
        if {Role("validation", "images"), Role("validation", "labels")} <= self.roles.keys():
            found.append("validation")
        return found

    def first(self, keys: Iterable[str]) -> NDArray[Any] | None:
        """The first of these that is there."""
        return next((self.arrays[key] for key in keys if key in self.arrays), None)


def _opened(path: Path) -> _Arrays:
    file = np.load(path, allow_pickle=False)
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise BadInput(
            f"it is a single array, {list(file.shape)} of {file.dtype}, without labels: store "
            "images and labels in one file, np.savez(file, x_train=..., y_train=...)"
        )
    with file:
        keys = file.files
        found = roles(keys, lambda: {key: _described(file, key) for key in keys[:_DESCRIBED]})
        read = _Arrays(found, {}, ())
        wanted = [key for role, key in found.items() if role.part in read.parts]
        wanted += [key for key in keys if key in (*CLASS_NAMES, CLASS_IDS)]
        arrays = {key: _read(file, key) for key in wanted}
    return _Arrays(found, arrays, tuple(key for key in keys if key not in arrays))


def _read(file: np.lib.npyio.NpzFile, key: str) -> NDArray[Any]:
    try:
        array: NDArray[Any] = file[key]
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise BadInput(
            f"{key} is an object array, which could hold programs; store it without object arrays: "
            f"np.array({key}.tolist())"
        ) from None
    return array


def _described(file: np.lib.npyio.NpzFile, key: str) -> str:
    """An array in words, from its head alone."""
    assert file.zip is not None  # it is open
    with file.zip.open(f"{key}.npy") as head:
        version = npy.read_magic(head)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read(head)
    return f"{key} {list(shape)} {dtype}"


def _labelled(file: _Arrays) -> LabelledImages:
    if are_vectors(file.arrays[file.roles[Role("train", "images")]]):
        data = table_of_arrays(
            file.parts, file.roles, file.arrays, file.first(CLASS_NAMES), file.first([CLASS_IDS])
        )
        return replace(data, notes=(*data.notes, *_unused(file.unused)))
    images, notes = _images(file)
    labels = {
        key: plain_labels(file.arrays[key], key, len(images[role.part]))
        for role, key in file.roles.items()
        if role.part in images and role.what != "images"
    }
    found = coded(labels, file.first(CLASS_NAMES), file.first([CLASS_IDS]))
    data = _split(file, images, found)
    told = (*notes, *found.notes, *data.notes, *_of_labels(file, data), *_unused(file.unused))
    return replace(data, notes=told)


def _images(file: _Arrays) -> tuple[dict[Part, Tensor], list[str]]:
    """uint8 [., C, H, W] of each part, and what a user should know of them."""
    keys = {part: file.roles[Role(part, "images")] for part in file.parts}
    ordered = {}
    for part, key in keys.items():
        labels = file.arrays[file.roles[Role(part, "labels")]]
        ordered[key] = axes_in_order(file.arrays.pop(key), key, len(labels) if labels.ndim else 0)
    scale = scales(ordered)
    images = {}
    for part, key in keys.items():
        pixels = np.ascontiguousarray(to_bytes(ordered.pop(key), scale[key]))
        images[part] = torch.from_numpy(pixels)
    shapes = {part: list(each.shape[1:]) for part, each in images.items()}
    other = next((part for part, shape in shapes.items() if shape != shapes["train"]), None)
    if other:
        raise BadInput(
            f"{keys['train']} has images of [C, H, W] = {shapes['train']}, {keys[other]} of "
            f"{shapes[other]}; they must be equal"
        )
    return images, [each.note for each in scale.values() if each.note]


def _split(file: _Arrays, images: dict[Part, Tensor], found: Coded) -> LabelledImages:
    """The parts of the file; without a test set in it some images are held out."""
    ids = {
        role: torch.from_numpy(found.ids[key])
        for role, key in file.roles.items()
        if key in found.ids
    }
    given, true = ids[Role("train", "labels")], ids.get(Role("train", "true labels"))
    whole, count = ImageSet.of([images[part] for part in file.parts]), len(given)
    validation = None
    if "validation" in images:
        behind = range(len(whole) - len(images["validation"]), len(whole))
        validation = Split(behind, ids[Role("validation", "labels")])
    known = ids.get(Role("validation", "true labels"))
    if "test" in images:
        shown = ids.get(Role("test", "true labels"), ids[Role("test", "labels")])
        test = Split(range(count, count + len(shown)), shown)
        train = Split(range(count), given)
        names = found.names
        return LabelledImages(whole, train, test, names, true, (), validation, known)
    best = given if true is None else true
    held_out = max(1, round(HELD_OUT * count))
    if held_out >= count:
        raise BadInput("one image and no test set: bring x_test and y_test, or more images")
    left, taken = (
        torch.from_numpy(np.sort(rows)) for rows in stratified(best.numpy(), held_out, seed=0)
    )
    note = (
        f"No test set in the file: {held_out:,} of its {count:,} images, each class in its "
        "share, are held out as one (drawn by seed 0)"
    )
    note += "; their labels may be wrong too." if true is None else ", with their true labels."
    return LabelledImages(
        whole,
        Split(left, given[left]),
        Split(taken, best[taken]),
        found.names,
        None if true is None else true[left],
        (note,),
        validation,
        known,
        held_out=True,
    )


def _of_labels(file: _Arrays, data: LabelledImages) -> tuple[str, ...]:
    """Classes without an image, and which labels are taken for the true ones."""
    notes = list(without_sample(data.train.labels.numpy(), data.class_names, "training image"))
    given, true = (file.roles.get(Role("train", what)) for what in ("labels", "true labels"))
    if data.true_labels is not None:
        differ = (data.true_labels != data.train.labels).double().mean().item()
        notes.append(f"{true} are the true labels: {differ:.1%} of {given} differ from them.")
    of_test = file.roles.get(Role("test", "true labels"))
    if of_test:
        notes.append(f"{of_test} are the labels of the test images.")
    return tuple(notes)


def _unused(keys: Sequence[str]) -> tuple[str, ...]:
    if not keys:
        return ()
    validation = any((role := role_of(key)) and role.part == "validation" for key in keys)
    why = "; to validate on them takes both images and labels" if validation else ""
    more = f" and {len(keys) - _TOLD:,} more" if len(keys) > _TOLD else ""
    return (f"Not used of the file: {', '.join(keys[:_TOLD])}{more}{why}.",)
