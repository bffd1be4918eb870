"""What a data set is here, and the registry of those that have a name.

A file in ``lnl/data/sources/`` registers one data set (or a family); all files there are imported.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from lnl.data.images import ImageSet, Rows
from lnl.errors import BadInput, unknown
from lnl.paths import path_in
from lnl.shapes import Recipe

Progress = Callable[[float, str], None]  # share done in [0, 1], what is being done
ClassMap = Mapping[int, int]  # source class -> the class it is taken for


@dataclass(frozen=True)
class Split:
    """Some images of a set with a label each."""

    rows: Rows  # of the image set
    labels: Tensor  # int64 [len(rows)]


@dataclass(frozen=True)
class LabelledImages:
    """A data set before noise, as a source gives it."""

    images: ImageSet
    train: Split
    test: Split
    class_names: tuple[str, ...]
    true_labels: Tensor | None = None  # int64 [N]; None: the training labels are taken as true
    notes: tuple[str, ...] = ()  # what a user should know of how the data were read
    validation: Split | None = None  # under its given labels
    true_validation_labels: Tensor | None = None  # where those of the training are known too
    held_out: bool = False  # the test images were drawn from one pool with those of the training

    @classmethod
    def of(
        cls,
        train_images: Tensor,
        train_labels: Tensor,
        test_images: Tensor,
        test_labels: Tensor,
        class_names: tuple[str, ...],
    ) -> "LabelledImages":
        """From N and M images, uint8 [., C, H, W], which are copied, and their labels, int64."""
        count = len(train_images)
        images = ImageSet.of((train_images, test_images))
        train, test = range(count), range(count, len(images))
        return cls(images, Split(train, train_labels), Split(test, test_labels), class_names)

    def as_before_validation(self) -> "LabelledImages":
        """As data were read when nothing was validated: arrays then had no such images."""
        if self.validation is None:
            return self
        rows, images = self.validation.rows, self.images
        if isinstance(rows, range) and rows.stop == len(images):
            images = images.first(rows.start)
        return replace(self, images=images, validation=None, true_validation_labels=None)

    @property
    def train_images(self) -> Tensor:
        """uint8 [N, C, H, W]"""
        return self.images.read(self.train.rows)

    @property
    def columns(self) -> int:
        """D of a table of vectors; 0 for images."""
        return self.images.columns

    @property
    def num_classes(self) -> int:
        """K, also where a class has no sample."""
        return len(self.class_names)

    def channel_statistics(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and deviation of each channel of the training images in [0, 1]."""
        counts = torch.stack(
            [torch.bincount(c.flatten(), minlength=256) for c in self.train_images.unbind(1)]
        ).double()
        shares = counts / counts.sum(dim=1, keepdim=True)
        values = torch.arange(256, dtype=torch.float64) / 255
        mean = (shares * values).sum(dim=1)
        std = ((shares * values**2).sum(dim=1) - mean**2).clamp_min(0).sqrt()
        std = std.where(std > 1e-3, 1.0)  # a constant channel stays finite
        return tuple(round(v, 4) for v in mean.tolist()), tuple(round(v, 4) for v in std.tolist())


@dataclass(frozen=True)
class HumanLabels:
    """Given labels that people made, in files beside the data set."""

    choices: tuple[str, ...]  # the first is the default
    read: Callable[[Path, str, Tensor], Tensor]  # (folder, choice, true labels [N]) -> [N]


@dataclass(frozen=True)
class Preparation:
    """What has to be done once with a data set that is there, before it can be loaded."""

    done: Callable[[Path], bool]  # for the files in that data folder
    run: Callable[[Path, Progress], list[str]]  # says what is worth knowing; raises BadInput


@dataclass(frozen=True)
class Source:
    """One named data set."""

    name: str
    title: str
    summary: str
    recipe: Recipe
    load: Callable[[Path], LabelledImages]  # from a data folder; raises BadInput if it is not there
    num_train: int
    num_test: int
    num_classes: int
    image_shape: tuple[int, int, int]
    columns: int = 0  # of a table of vectors, whose images are glyphs; 0: images
    synthetic: bool = False
    labels_are_true: bool = True  # False: they may be wrong already
    has_true_labels: bool = False  # beside given ones that may be wrong
    notes: tuple[str, ...] = ()  # as of the loaded data
    num_validation: int = 0
    validation_is_true: bool = False  # its labels were checked
    class_maps: Mapping[str, ClassMap] = field(default_factory=dict)  # the first is the default
    superclasses: tuple[tuple[int, ...], ...] = ()
    human_labels: HumanLabels | None = None
    missing: Callable[[Path], list[str]] | None = None  # files that are not there; None: embedded
    near_miss: Callable[[Path], str] | None = None  # the one move that puts them right; "": none
    download: Callable[[Path, Progress], None] | None = None
    obtain: str = ""  # where people get it and where they put it, if lnl may not download it
    preparation: Preparation | None = None  # before the first use

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """What networks see of a sample: C, H, W of an image, or D, 1, 1 of a vector."""
        return (self.columns, 1, 1) if self.columns else self.image_shape

    @property
    def truth_is_known(self) -> bool:
        """Whether the true labels of the training samples are known."""
        return self.labels_are_true or self.has_true_labels


_REGISTRY: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Add a data set to the registry; the same name again replaces it."""
    _REGISTRY[source.name] = source
    return source


def is_registered(name: str) -> bool:
    """Whether there is a data set of that name."""
    return name in _REGISTRY


def registered(name: str) -> Source:
    """The data set of that name. Raises BadInput that lists the known ones, and the nearest."""
    if name not in _REGISTRY:
        begun = [each for each in _REGISTRY if _letters(name).startswith(_letters(each))]
        near = max(begun, key=len, default=name)
        raise unknown("data set", name, [*_REGISTRY, "<a path to an .npz file>"], near)
    return _REGISTRY[name]


def _letters(name: str) -> str:
    """Without what people spell in several ways: "cifar-100-python" begins with "cifar100"."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def all_sources() -> list[Source]:
    """Every named data set."""
    return list(_REGISTRY.values())


def data_folder(data_dir: str | Path | None = None) -> Path:
    """Where data sets lie: ``data_dir``, else $LNL_DATA, else ./data."""
    return path_in(data_dir or os.environ.get("LNL_DATA") or "data")


def not_found(source: Source, folder: Path, missing: list[str]) -> BadInput:
    """The error that says which files are missing, and what to do."""
    files = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    assert source.missing is not None  # else nothing could be
    with suppress(OSError):  # a folder that may not be read
        if not source.missing(folder.parent):
            return BadInput(
                f"{source.title} was not found in {str(folder)!r}, but in {str(folder.parent)!r}: "
                f"name that folder, --data-dir {folder.parent}"
            )
    return BadInput(
        f"{source.title} was not found in {str(folder)!r}: missing are {files}. "
        f"{what_to_do(source, folder)}"
    )


def what_to_do(source: Source, folder: Path) -> str:
    """Where missing files are to be had and where they belong; or the one move that is left."""
    if source.near_miss and (move := source.near_miss(folder)):
        return move
    if source.download is None:
        return f"{source.obtain}. Or name another folder (--data-dir or LNL_DATA)"
    return (
        "Put the files there as their publisher lays them out, name another folder (--data-dir or "
        f"LNL_DATA), or download them: python -m lnl datasets --download {source.name} "
        f"--data-dir {folder}"
    )
