"""Samples on which runs part: which images one gets right and the other has memorised."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunInfo
from lnl.runs.contrast import Contrast, disagreed, right_and_memorised
from pages.ui import frame, parts, state
from pages.ui.pictures import Picture, picture_grid
from pages.ui.view import View

SHOWN = 24  # pictures
HOW = (
    "Mislabelled samples at the epoch looked at. The first run predicts their true label although "
    "it was trained on a wrong one; the second run repeats the wrong one. Those of which the "
    "second is surest come first. Click an image for its whole history."
)
BLIND = (
    "Without true labels nobody can tell who is right. These are the samples on whose class the "
    "runs agree least, then those whose confidence in the given label differs most."
)


def parting(view: View) -> None:
    """Two runs against each other, or all where the truth is not known."""
    if len(view.runs) < 2:
        return
    knows = view.knows_truth
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(
            "Where they part",
            anchor=False,
            help=HOW if knows else BLIND,
            width="stretch",
        )
        chosen = _pair(view.runs) if knows and not view.big else (view.runs[1], view.runs[0])
    if chosen[0].id == chosen[1].id:
        st.markdown("Choose two different runs.")
        return
    pair = chosen if knows else view.runs
    ids = tuple((run.id, run.last_epoch) for run in pair)
    try:
        found = _right(ids, view.epoch) if knows else _disagreed(ids, view.epoch)
        _show(found, pair, view)
    except LnlError as error:
        st.markdown(parts.words(error)[:1].upper() + parts.words(error)[1:])


def _pair(runs: Sequence[RunInfo]) -> tuple[RunInfo, RunInfo]:
    known = {run.name: run for run in runs}
    names = list(known)
    right = st.selectbox("Gets right", names, 1, key="right", bind="query-params", width=240)
    wrong = st.selectbox("Has memorised", names, 0, key="wrong", bind="query-params", width=240)
    return known[right], known[wrong]


@st.cache_data(max_entries=32, show_spinner=False)
def _right(runs: tuple[tuple[str, int], ...], epoch: int | None) -> Contrast:
    (right, _), (wrong, _) = runs
    return right_and_memorised(state.store(), right, wrong, epoch)


@st.cache_data(max_entries=32, show_spinner=False)
def _disagreed(runs: tuple[tuple[str, int], ...], epoch: int | None) -> Contrast:
    return disagreed(state.store(), [run_id for run_id, _ in runs], epoch)


def _show(found: Contrast, runs: Sequence[RunInfo], view: View) -> None:
    count = len(found.ids)
    first, second = (parts.plain(run.name) for run in runs[:2])
    if found.true is None:
        st.markdown(f"**{count:,} of {found.among:,} samples** are not predicted alike by all.")
    else:
        st.markdown(
            f"**{count:,} of {found.among:,} mislabelled samples**: {first} predicts their true "
            f"label, {second} repeats the wrong one."
        )
    shown = found.ids[:SHOWN]
    if not count:
        return
    data = state.store().data(runs[0].data.fingerprint)
    names = runs[0].data.class_names
    pictures = [
        Picture(image, int(sample), _lines(found, place, runs, names), _tone(found))
        for place, (sample, image) in enumerate(zip(shown, data.images_of(shown), strict=True))
    ]
    clicked = picture_grid(pictures, "parting", 160 if view.big else 112, selectable=True)
    if count > SHOWN and not view.big:
        st.caption(f"The first {SHOWN} are shown.")
    if clicked is not None:
        query = {"runs": ",".join(run.id for run in runs), "sample": str(clicked)}
        st.switch_page(frame.file_of("Samples"), query_params=query)


def _tone(found: Contrast) -> str:
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
