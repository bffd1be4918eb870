"""Data sets that torchvision knows: read by its own classes from its own on-disk formats.

Reading never touches the network; ``download`` does, when asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lnl.data.fetching import Archive, fetch
from lnl.data.near_misses import Search
from lnl.data.sharing import loaded, stamp
from lnl.data.source import LabelledImages, Progress
from lnl.errors import BadInput


@dataclass(frozen=True)
class Published:
    """One data set of torchvision, by the name of its class."""

    kind: str
    files: tuple[str, ...]  # in the data folder
    class_names: tuple[str, ...]
    splits: bool = False  # its parts are named by ``split``, not by ``train``
    clues: tuple[str, ...] = ()  # how folders of it begin, where others hold files of these names

    @classmethod
    def idx(cls, kind: str, class_names: tuple[str, ...], clues: tuple[str, ...] = ()) -> Published:
        """A data set in MNIST's format: images and labels, each for training and test."""
        parts = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
        files = tuple(f"{kind}/raw/{part}-ubyte" for part in parts)
        return cls(kind, files, class_names, clues=clues or (kind.casefold(),))

    def missing(self, folder: Path) -> list[str]:
        """Those of the files that are not in the data folder."""
        return [name for name in self.files if not (folder / name).is_file()]

    def near_miss(self, folder: Path) -> str:
        """The one move that helps, where the files lie elsewhere or are still packed; else ""."""
        place = self.files[0].rpartition("/")[0]
        search = Search(folder, place, self.clues)
        names = [name.rpartition("/")[2] for name in self.files]
        archive = getattr(self._cls, "filename", "")
        elsewhere = search.set_elsewhere(
            lambda root: all((root / name).is_file() for name in names), (archive,)
        )
        others = {name: (re.sub("-(idx.-ubyte)$", r".\1", name),) for name in names}  # Kaggle's
        return elsewhere or search.files_elsewhere(self.missing(folder), others)

    def load(self, folder: Path) -> LabelledImages:
        """The files in the data folder, read once for all. Raises BadInput if they are damaged."""
        key = (self.kind, *(stamp(folder / name) for name in self.files))
        return loaded.get(key, lambda: self._load(folder))

    def _load(self, folder: Path) -> LabelledImages:
        try:
            parts = [self._read(folder, part) for part in (True, False)]
        except Exception as error:  # damaged files raise anything, assertions included
            raise BadInput(
                f"the files of {self.kind} in {str(folder)!r} are damaged "
                f"({error or type(error).__name__}); delete "
                f"{', '.join(sorted({name.split('/')[0] for name in self.files}))} there and "
                "download the data set again"
            ) from error
        return LabelledImages.of(*parts[0], *parts[1], self.class_names)

    def _read(self, folder: Path, train: bool) -> tuple[Tensor, Tensor]:
        which = {"split": "train" if train else "test"} if self.splits else {"train": train}
        part = self._cls(folder, **which)
        images = _channels_first(part.data)
        given = part.labels if self.splits else part.targets
        labels = torch.as_tensor(given, dtype=torch.int64)
        if labels.shape != images.shape[:1]:
            raise ValueError(f"{len(images)} images, {len(labels)} labels")
        if not 0 <= labels.min() <= labels.max() < len(self.class_names):
            raise ValueError(f"labels from {labels.min()} to {labels.max()}")
        return images, labels

    def download(self, folder: Path, progress: Progress) -> None:
        """Fetch the publisher's files into the data folder and unpack them."""
        archives = list(self._archives(folder))
        for place, archive in enumerate(archives):
            fetch(archive, progress, place / len(archives), 1 / len(archives))
        progress(1.0, "unpacking")
        self._cls(folder, download=True)  # finds the archives, only unpacks

    @property
    def _cls(self) -> Any:
        return getattr(import_module("torchvision.datasets"), self.kind)  # a second to import

    def _archives(self, folder: Path) -> Iterator[Archive]:
        cls = self._cls
        if hasattr(cls, "resources"):
            for name, checksum in cls.resources:
                urls = tuple(mirror + name for mirror in cls.mirrors)
                yield Archive(urls, folder / self.kind / "raw" / name, checksum)
        elif hasattr(cls, "split_list"):
            for part in ("train", "test"):
                url, name, checksum = cls.split_list[part]
                yield Archive((url,), folder / name, checksum)
        else:
            yield Archive((cls.url,), folder / cls.filename, cls.tgz_md5)


def _channels_first(images: Tensor | np.ndarray[Any, Any]) -> Tensor:
    """From [N, H, W], [N, H, W, 3] or [N, 3, H, W]."""
    pixels = torch.as_tensor(images)
    if pixels.ndim == 3:
        return pixels[:, None]
    return pixels if pixels.shape[1] == 3 else pixels.permute(0, 3, 1, 2)
