"""Restorations of two or more runs next to one another: the same images, distorted in one way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lnl.samples import restorations
from lnl.samples.restorations import Errors, Restorations
from pages.ui.board.view import View
from pages.ui.components.pictures import Picture, picture_grid
from pages.ui.shell import parts, state

SIZE, BIG = 340, 460  # screen pixels that a strip takes
BETWEEN = 128  # the grey line between two images


@dataclass(frozen=True)
class Strips:
    """What is drawn: strips [M, C, H, W] with the errors of what was shown and restored."""

    epoch: int
    ids: NDArray[np.int64]
    images: NDArray[np.uint8]
    shown: Errors
    restored: tuple[Errors, ...]  # of each run


def show(view: View) -> bool:
    """Draw them; False where the runs have not restored the same images from the same distortion.

    Runs that were trained before draws were the same for all data of a kind have draws of their
    own.
    """
    found = _strips(tuple((run.id, run.last_epoch) for run in view.runs), view.epoch)
    if found is None:
        return False
    names = [parts.plain(run.name) for run in view.runs]
    parts.panel_head(
        "Restored images",
        "Per image, from left to right: original, distorted, restored by each network "
        f"({', '.join(names)}).",
        "All runs restore the same images, distorted in the same way. Error: mean squared "
        "difference from the original, of pixel values between 0 (black) and 1 (white).",
        view.big,
    )
    means = ", ".join(
        f"{name} **{errors.mean():.4f}**"
        for name, errors in zip(names, found.restored, strict=True)
    )
    st.markdown(
        f"Epoch {found.epoch}: mean error of the distorted images {found.shown.mean():.4f}, of the "
        f"restored ones: {means}."
    )
    plain = [run.name for run in view.runs]
    pictures = [
        Picture(found.images[place], int(found.ids[place]), (_errors(found, place, plain),))
        for place in range(len(found.ids))
    ]
    picture_grid(pictures, "restored_side_by_side", BIG if view.big else SIZE)
    return True


def _errors(found: Strips, place: int, names: Sequence[str]) -> str:
    each = (
        f"{name} {errors[place]:.3f}" for name, errors in zip(names, found.restored, strict=True)
    )
    return f"error: {', '.join(each)}"


@st.cache_data(max_entries=32, show_spinner=False)
def _strips(runs: tuple[tuple[str, int], ...], epoch: int | None) -> Strips | None:
    """At the newest epoch, up to ``epoch``, that all runs have."""
    store = state.store()
    found = [restorations.restorations_at(store, run_id, epoch) for run_id, _ in runs]
    reached = [each.epoch for each in found if each is not None]
    if len(reached) < max(len(runs), 2):
        return None
    if len(set(reached)) > 1:
        found = [restorations.restorations_at(store, run_id, min(reached)) for run_id, _ in runs]
    known = [each for each in found if each is not None]
    if len(known) < len(runs) or not _same(known):
        return None
    chosen = _one_a_class(runs[0][0], known[0].ids)
    images = [known[0].images.original, known[0].images.augmented]
    images += [each.images.restored for each in known]
    return Strips(
        known[0].epoch,
        known[0].ids[chosen],
        _side_by_side([each[chosen] for each in images]),
        known[0].augmented_errors[chosen],
        tuple(each.errors[chosen] for each in known),
    )


def _same(found: Sequence[Restorations]) -> bool:
    first, *others = found
    return all(
        np.array_equal(first.images.original, other.images.original)
        and np.array_equal(first.images.augmented, other.images.augmented)
        for other in others
    )


def _one_a_class(run_id: str, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the first image of each class."""
    data = state.store().data(state.store().run(run_id).data.fingerprint)
    labels = data.given_labels if data.true_labels is None else data.true_labels
    return np.unique(labels[ids], return_index=True)[1].astype(np.int64)


def _side_by_side(images: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Images [M, C, H, W] each as one row, with a line between each two."""
    first = images[0]
    line = np.full((*first.shape[:3], max(1, first.shape[3] // 16)), BETWEEN, np.uint8)
    pieces = [piece for image in images for piece in (line, image)][1:]
    return np.concatenate(pieces, axis=3)
