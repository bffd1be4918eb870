"""What the decoder of a run restores: original, augmented, restored."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lnl.errors import StoreError
from lnl.records import RunInfo
from lnl.runs.store.kept_data import KeptData
from lnl.samples import restorations as reading
from lnl.samples.restorations import Course, Restorations
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import View
from pages.ui.components.pictures import Picture, picture_grid
from pages.ui.shell import address, controls, parts, state

FEW, STEPS = 9, 10  # images shown before a class is chosen; epochs of one image
SIZE, BIG = 304, 480  # screen pixels that three images take
BETWEEN = 128  # the grey line between two images


def draw(view: View, options: Options) -> None:
    """Each run's restorations, and one image through its epochs."""
    runs = [run for run in view.runs if _restores(run)]
    try:
        names = state.store().data(runs[0].data.fingerprint).class_names
    except StoreError as error:
        parts.error_box(error)
        return
    wanted = controls.several(
        "Given labels",
        dict(enumerate(names)),
        "restored",
        placeholder="all classes",
        help="Show all restored images of some classes; without a choice, the first few.",
    )
    for run in runs:
        found = _at(run.id, run.last_epoch, view.epoch)
        if found is None:
            st.caption(f"{parts.plain(run.name)} has restored nothing yet.")
        else:
            _run(run, found, wanted, view)


def _run(run: RunInfo, found: Restorations, wanted: tuple[int, ...], view: View) -> None:
    data = state.store().data(run.data.fingerprint)
    big = view.big
    given = data.given_labels[found.ids]
    shown = np.flatnonzero(np.isin(given, wanted)) if wanted else np.arange(FEW)
    errors, before = found.errors, found.augmented_errors
    st.markdown(
        f"**{parts.plain(run.name)}**, epoch {found.epoch}: mean squared error of {len(errors)} "
        f"restored images **{errors.mean():.4f}**, of what the network was shown "
        f"{before.mean():.4f}"
    )
    pictures = [
        Picture(
            side_by_side(found, place),
            int(found.ids[place]),
            (
                _labels(data, int(found.ids[place]), view.truth),
                f"error {errors[place]:.4f}, shown {before[place]:.4f}",
            ),
        )
        for place in shown[: len(found.ids)]
    ]
    if not pictures:
        st.caption("No restored image has these labels.")
        return
    asked = address.now().image
    chosen = next((p.id for p in pictures if p.id == asked), pictures[0].id)
    clicked = picture_grid(pictures, f"restored_{run.id}", BIG if big else SIZE, True, chosen)
    if clicked is not None and clicked != chosen:
        address.change(image=clicked)
        st.rerun()
    _through(run, found, chosen, big)


def _labels(data: KeptData, sample: int, truth: bool) -> str:
    given = data.given_labels[sample]
    true = data.true_labels[sample] if truth and data.true_labels is not None else given
    told = f"given {data.class_names[given]}"
    return told if true == given or true < 0 else f"{told}, true {data.class_names[true]}"


def _through(run: RunInfo, found: Restorations, sample: int, big: bool) -> None:
    place = int(np.flatnonzero(found.ids == sample)[0])
    over = _course(run.id, run.last_epoch, place)
    st.caption(f"Sample {sample} through the epochs:")
    pictures = [Picture(found.images.original[place], 0, ("original",))]
    for epoch, image, error in zip(over.epochs, over.restored, over.errors, strict=True):
        pictures.append(Picture(image, int(epoch), (f"epoch {epoch}", f"error {error:.4f}")))
    picture_grid(pictures, f"through_{run.id}", 150 if big else 104, selected=found.epoch)


def side_by_side(found: Restorations, place: int) -> NDArray[np.uint8]:
    """Original, augmented and restored [C, H, 3 W + lines] with a line between each two."""
    images = found.images
    gap = max(1, images.original.shape[3] // 16)
    line = np.full((*images.original.shape[1:3], gap), BETWEEN, np.uint8)
    three = (images.original[place], images.augmented[place], images.restored[place])
    return np.concatenate([three[0], line, three[1], line, three[2]], axis=2)


def applies(view: View) -> bool:
    """Only where a run restores images."""
    return any(map(_restores, view.runs))


def _restores(run: RunInfo) -> bool:
    return _has(run.id, run.last_epoch)


@st.cache_data(max_entries=256, show_spinner=False)
def _has(run_id: str, last_epoch: int) -> bool:
    return reading.has_restorations(state.store(), run_id)


@st.cache_data(max_entries=32, show_spinner=False)
def _at(run_id: str, last_epoch: int, epoch: int | None) -> Restorations | None:
    return reading.restorations_at(state.store(), run_id, epoch)


@st.cache_data(max_entries=32, show_spinner=False)
def _course(run_id: str, last_epoch: int, place: int) -> Course:
    return reading.course(state.store(), run_id, place, STEPS)


PANEL = Panel(
    "Restoration",
    "Restored images",
    "Three images each: the original, the augmented one that the network is shown, and what its "
    "decoder makes of that. Choose one to follow it through the epochs.",
    "A network that can restore the image has kept in its features what the image shows, not only "
    "its given label. Error: mean squared difference from the original, of pixel values between "
    "0 (black) and 1 (white); shown: that of the augmented image. Smaller is better.",
    draw,
    applies,
    lacking="None of these runs restores images. RFL does: its network has a decoder.",
    whole_row=True,
)
