"""Test labels that people corrected, as a choice: the same images under another name.

Sources: Northcutt et al., NeurIPS 2021 (arXiv 2103.14749), whose reviewers looked at test labels
that confident learning doubts; Peterson et al., ICCV 2019 (arXiv 1908.07086), CIFAR-10H, about 50
votes for each test image of CIFAR-10.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lnl.data.source import LabelledImages, Source, Split, what_to_do
from lnl.errors import BadInput

Labels = NDArray[np.int64]
MAJORITY = 3  # of five reviewers


@dataclass(frozen=True)
class Correction:
    """A file beside a data set, by which some of its test labels are others."""

    files: tuple[str, ...]  # any of them, in the data folder; the first as it is published
    read: Callable[[Path, Labels], Labels]  # file and labels [M] -> corrected ones; raises BadInput
    obtain: str

    def of(self, base: Source, name: str, title: str, summary: str) -> Source:
        """The data set ``base`` with these test labels."""

        def missing(folder: Path) -> list[str]:
            own = [] if self._file(folder) else [self.files[0]]
            return own + (base.missing(folder) if base.missing else [])

        def load(folder: Path) -> LabelledImages:
            file = self._file(folder)
            if file is None:
                raise BadInput(f"{title} was not found in {str(folder)!r}: {self.obtain}")
            data = base.load(folder)
            labels = self.read(file, data.test.labels.numpy())
            return replace(data, test=Split(data.test.rows, torch.from_numpy(labels)))

        def near_miss(folder: Path) -> str:
            if self._file(folder) and base.missing and base.missing(folder):
                return what_to_do(base, folder)
            return ""

        return replace(
            base,
            name=name,
            title=title,
            summary=summary,
            load=load,
            missing=missing,
            near_miss=near_miss,
            download=None,
            obtain=f"{self.obtain}, and put it into the data folder as {self.files[0]}, beside "
            f"the files of {base.title}",
        )

    def _file(self, folder: Path) -> Path | None:
        return next((folder / name for name in self.files if (folder / name).is_file()), None)


def reviewed(path: Path, labels: Labels) -> Labels:
    """The guessed label where most reviewers chose it over the given one.

    Read from the authors' ``*_mturk.json``, or from an .npz with ``test_index``, ``given_label``,
    ``guessed_label`` and ``votes_given_guessed_neither_both``.
    """
    try:
        rows, given, guessed, votes = _json(path) if path.suffix == ".json" else _npz(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} cannot be read as reviewed labels ({error})") from error
    inside = len(rows) == 0 or 0 <= rows.min() <= rows.max() < len(labels)
    if not inside or not np.array_equal(labels[rows], given):
        raise _other_order(path)
    agreed = votes >= MAJORITY
    corrected = labels.copy()
    corrected[rows[agreed]] = guessed[agreed]
    return corrected


def voted(path: Path, labels: Labels) -> Labels:
    """The label with the most votes; the given one where it has as many.

    Read from the authors' ``cifar10h-counts.npy`` [M, K], or from an .npz with ``counts``.
    """
    try:
        found = np.load(path, allow_pickle=False)
        counts = found["counts"] if path.suffix == ".npz" else found
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{path} cannot be read as votes ({error})") from error
    if counts.ndim != 2 or len(counts) != len(labels) or labels.max() >= counts.shape[1]:
        raise BadInput(
            f"{path} has the shape {list(counts.shape)}, expected a row for each of "
            f"{len(labels):,} test images and a column for each class"
        )
    most = counts.max(axis=1)
    kept = counts[np.arange(len(labels)), labels] == most
    if kept.mean() < 0.5:
        raise _other_order(path)
    return np.where(kept, labels, counts.argmax(axis=1)).astype(np.int64)


def _json(path: Path) -> tuple[Labels, Labels, Labels, Labels]:
    rows = json.loads(path.read_text("utf-8"))
    columns = [
        [int(row[key]) for row in rows]
        for key in ("id", "given_original_label", "our_guessed_label")
    ]
    votes = [int(row["mturk"]["guessed"]) for row in rows]
    index, given, guessed, agreed = (np.array(each, np.int64) for each in (*columns, votes))
    return index, given, guessed, agreed


def _npz(path: Path) -> tuple[Labels, Labels, Labels, Labels]:
    with np.load(path, allow_pickle=False) as file:
        votes = file["votes_given_guessed_neither_both"][:, 1]
        columns = (file["test_index"], file["given_label"], file["guessed_label"], votes)
        index, given, guessed, agreed = (each.astype(np.int64) for each in columns)
    return index, given, guessed, agreed


def _other_order(path: Path) -> BadInput:
    return BadInput(
        f"{path} is of other test images, or in another order (its given labels differ from the "
        "data set's): use the file of this data set"
    )
