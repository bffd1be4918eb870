"""Samples on which runs disagree: one predicts the true label, the other has memorised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lnl.errors import LnlError
from lnl.records import RunInfo
from lnl.samples.disagreement import Contrast, disagreed, right_and_memorised
from pages.ui.board.view import View
from pages.ui.components.pictures import Picture, Tone, picture_grid
from pages.ui.shell import controls, in_view, parts, state

SHOWN = 24  # pictures
APART = 0.1  # difference in memorised shares from which on one of them resists
Found = tuple[Contrast, NDArray[np.uint8]]  # with the first images [M, C, H, W]
HOW = (
    "Mislabelled samples at the selected epoch. The first run predicts their true label although "
    "it was trained on a wrong one; the second run repeats the wrong label. Where the second is "
    "most confident comes first. Click an image for its full history."
)
BLIND = (
    "Without true labels it is unknown which run is right. These are the samples on whose class "
    "the runs agree least, then those whose confidence in the given label differs most."
)


def disagreement(view: View) -> None:
    """Two runs against each other, or all of them where the truth is unknown."""
    if len(view.runs) < 2:
        return
    knows = view.knows_truth
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(
            "Where they disagree",
            anchor=False,
            help=HOW if knows else BLIND,
            width="stretch",
        )
        right, wrong = _most_apart(view)
        if knows and not view.big:
            right = _chosen("Correct", "right", view.runs, right)
            wrong = _chosen("Memorised", "wrong", view.runs, wrong)
    if right.id == wrong.id:
        st.markdown("Choose two different runs.")
        return
    pair = (right, wrong) if knows else view.runs
    ids = tuple((run.id, run.last_epoch) for run in pair)
    try:
        found = _found(ids, view.epoch, knows)
    except LnlError as error:
        message = parts.words(error)
        st.markdown(f"{message[:1].upper()}{message[1:]}.")
    else:
        _show(found, pair, view)


def _most_apart(view: View) -> tuple[RunInfo, RunInfo]:
    """Of the runs on the same data as the first: that which memorised least, and that which most.

    While they hardly differ, as early in training, it is the second and the first.
    """
    data = view.runs[0].data.fingerprint
    same = [seen for seen in view.records() if seen.info.data.fingerprint == data]
    if len(same) < 2:
        return view.runs[1], view.runs[0]
    newest = [seen.at(None) for seen in same]
    shares = [(record.memorised or 0.0) if record else 0.0 for record in newest]
    if max(shares) - min(shares) < APART:
        return same[1].info, same[0].info
    wrong = shares.index(max(shares))
    right = min((n for n in range(len(shares)) if n != wrong), key=shares.__getitem__)
    return same[right].info, same[wrong].info


def _chosen(label: str, at: str, runs: Sequence[RunInfo], first: RunInfo) -> RunInfo:
    names = {run.id: run.name for run in runs}
    chosen = controls.select(label, names, at, default=first.id, width=240)
    return next(run for run in runs if run.id == chosen)


@st.cache_data(max_entries=32, show_spinner=False)
def _found(runs: tuple[tuple[str, int], ...], epoch: int | None, truth: bool) -> Found:
    """``runs``: id and finished epochs, so that a new epoch is not answered from the cache."""
    ids = [run_id for run_id, _ in runs]
    store = state.store()
    if truth:
        found = right_and_memorised(store, ids[0], ids[1], epoch)
    else:
        found = disagreed(store, ids, epoch)
    data = store.data(store.run(ids[0]).data.fingerprint)
    return found, data.images_of(found.ids[:SHOWN])


def _show(looked_up: Found, runs: Sequence[RunInfo], view: View) -> None:
    found, images = looked_up
    count = len(found.ids)
    first, second = (parts.plain(run.name) for run in runs[:2])
    if found.true is None:
        st.markdown(f"**{count:,} of {found.among:,} samples** get different predictions.")
    else:
        st.markdown(
            f"**{count:,} of {found.among:,} mislabelled samples**: {first} predicts their true "
            f"label, {second} repeats the wrong one."
        )
    if not count:
        return
    names = runs[0].data.class_names
    pictures = [
        Picture(image, int(found.ids[place]), _lines(found, place, runs, names), _tone(found))
        for place, image in enumerate(images)
    ]
    parts.glyphs(runs)
    clicked = picture_grid(pictures, "disagreement", 160 if view.big else 112, selectable=True)
    if count > SHOWN and not view.big:
        st.caption(f"The first {SHOWN} are shown.")
    if clicked is not None:
        in_view.open_samples(runs[0].id, (run.id for run in runs), view.epoch, sample=clicked)


def _tone(found: Contrast) -> Tone:
    return "unknown" if found.true is None else "mislabelled"


def _lines(
    found: Contrast, place: int, runs: Sequence[RunInfo], names: Sequence[str]
) -> tuple[str, ...]:
    given = f"given {names[found.given[place]]}"
    if found.true is not None:
        return given, f"true {names[found.true[place]]}"
    told = (
        f"{run.name}: {names[prediction]}"
        for run, prediction in zip(runs, found.predictions[:, place], strict=True)
    )
    return given, *told
