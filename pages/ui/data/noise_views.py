"""Views of data with noise on their labels: numbers, images, the matrix, the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue, charts
from lnl.records import RunSpec
from pages.ui.components import figure, pictures
from pages.ui.components.pictures import Picture
from pages.ui.data import noise_figures
from pages.ui.forms import matrix_form, own_file
from pages.ui.forms.matrices import Matrix
from pages.ui.shell import parts

if TYPE_CHECKING:
    from lnl.catalogue import Preview


COUNT = 24  # images


def preview(spec: RunSpec, wrong_first: bool = True) -> Preview:
    """The data of a spec with its noise (``lnl.catalogue.Preview``). Raises LnlError."""
    return _preview(spec.to_json(), own_file.changed(spec.dataset), wrong_first)


@st.cache_data(max_entries=32, show_spinner="Sampling label noise…")
def _preview(spec: str, changed: float, wrong_first: bool) -> Preview:
    return catalogue.preview(RunSpec.from_json(spec), COUNT, wrong_first)


def numbers(seen: Preview, spec: RunSpec) -> None:
    """How many images, and how many labels are wrong: asked for and drawn."""
    with st.container(horizontal=True, gap="medium", width="stretch"):
        what = "Training rows" if seen.columns else "Training images"
        st.metric(what, f"{seen.num_train:,}", width="content")
        if seen.actual_rate is None:
            st.metric("Wrong labels", "unknown", width="content")
            return
        uses_rate = spec.noise not in ("none", "human", "matrix", "file")
        if uses_rate:
            st.metric(
                "Requested noise rate",
                f"{seen.nominal_rate:.0%}",
                width="content",
                help="The chosen share of labels affected by the noise.",
            )
        st.metric(
            "Added wrong labels" if seen.noise_is_added else "Wrong labels",
            f"{seen.actual_rate:.1%}",
            width="content",
            help="The share of training images whose given label is not that of your data, which "
            "may be wrong too: the added noise alone is counted."
            if seen.noise_is_added
            else "The share of training images whose given label is not the true one: what "
            "everything else in this app calls the actual noise rate.",
        )
        if seen.open_set_rate:
            st.metric("Open-set", f"{seen.open_set_rate:.1%}", width="content")


def _picture(seen: Preview, place: int) -> Picture:
    """An image with its given label, and the true one where it is known and differs."""
    image, number = seen.images[place], int(seen.ids[place])
    lines: tuple[str, ...] = (f"given {seen.class_names[seen.given_labels[place]]}",)
    if seen.columns:
        lines = (seen.origins[place], *lines)
    if seen.true_labels is None:
        return Picture(image, number, lines, "unknown")
    true = int(seen.true_labels[place])
    if true == seen.given_labels[place]:
        return Picture(image, number, lines, "clean")
    name = seen.class_names[true] if true >= 0 else "open-set"
    return Picture(image, number, (*lines, f"true {name}"), "mislabelled")


def images(spec: RunSpec, seen: Preview) -> None:
    """A handful of training images with their labels."""
    what = "rows" if seen.columns else "images"
    parts.panel_head(
        f"{what.capitalize()} and their labels",
        f"{len(seen.ids)} of the {seen.num_train:,} training {what}."
        + ("" if seen.true_labels is not None else " Their true labels are unknown.")
        + (f" {parts.GLYPHS}" if seen.columns else ""),
        "A dashed frame with a cross: the given label is wrong, the true one stands under it. "
        "A solid frame: the given label is right.",
    )
    if seen.actual_rate:
        wrong_first = st.toggle("Wrong labels first", value=True, key="wrong_first")
        seen = seen if wrong_first else preview(spec, wrong_first=False)
    shown = [_picture(seen, place) for place in range(len(seen.ids))]
    pictures.picture_grid(shown, key="noise_pictures", size=88)


def edited(class_names: Sequence[str]) -> list[list[float]]:
    """The table of one's own matrix."""
    parts.panel_head(
        "Your own noise",
        "Percent of each true class (row) that gets each label (column).",
        "A row is one true class. The number in a column says how often its images get that "
        "label; the diagonal is the share that keeps the right one. Rows are scaled to sum to 100.",
    )
    rows: list[list[float]] = matrix_form.editor(class_names).tolist()
    return rows


def matrix(seen: Preview, spec: RunSpec) -> None:
    """The transition matrix, and a way to make it one's own."""
    if seen.transition_matrix is None:
        return
    if len(seen.class_names) > charts.MOST_CLASSES:
        large_matrix(seen.transition_matrix, seen.class_names, spec)
        return
    what = "Share of each true class (row) that has each given label (column), in percent."
    if seen.counted:
        what += " Counted from the labels: this noise depends on more than the class."
    parts.panel_head(
        "Transition matrix",
        what,
        "Blue, on the diagonal: labels that stay right. Vermilion: labels that become wrong; the "
        "strongest confusion has the strongest colour.",
    )
    figure.draw(
        noise_figures.heatmap(spec.to_json(), seen.class_names, seen.transition_matrix),
        key="transition",
    )
    if spec.noise not in ("matrix", "open-set"):
        st.button(
            "Edit this matrix",
            icon=":material/edit:",
            on_click=matrix_form.edit_instead,
            args=(seen.transition_matrix,),
            help="Takes it as the start of your own noise, a table that you can change.",
        )


def large_matrix(matrix: Matrix, class_names: tuple[str, ...], spec: RunSpec) -> None:
    """Of many classes what can be read: blocks of them, and the largest entries."""
    parts.panel_head(
        "Transition matrix by blocks of classes",
        f"Wrong labels between blocks of the {len(class_names):,} classes, taken in their "
        "order. Drag to zoom.",
        "A row is a block of true classes, a column a block of given labels. The darker a cell, "
        "the more of the row's images carry a wrong label of the column's classes.",
    )
    figure.draw(noise_figures.blocks(spec.to_json(), class_names, matrix), key="blocks")
    parts.panel_head(
        "The largest confusions",
        "Which class most often gets which wrong label, in percent of the true class.",
        "Entries of the transition matrix outside its diagonal, the largest first.",
    )
    largest = charts.largest_confusions(matrix, class_names)
    true, given, share = zip(*largest, strict=True) if largest else ((), (), ())
    table = {"true class": true, "given label": given, "percent": [100 * s for s in share]}
    st.dataframe(
        table,
        hide_index=True,
        column_config={"percent": st.column_config.NumberColumn(format="%.3g")},
    )


def classes(seen: Preview, spec: RunSpec) -> None:
    """What was asked for and drawn of each class, and how many images it has."""
    grid = st.grid(2, min_column_width=380)
    if seen.class_rates is not None and seen.actual_rate:
        with grid, st.container():
            parts.panel_head(
                "Wrong labels of each class",
                "What was asked for, and what the draw by this seed came to.",
                "Of a small class a draw may come out a little higher or lower than asked for.",
            )
            figure.draw(
                noise_figures.rates(spec.to_json(), seen, seen.class_rates), key="class_rates"
            )
    with grid, st.container():
        parts.panel_head(
            f"{'Rows' if seen.columns else 'Images'} of each class",
            f"How many training {'rows' if seen.columns else 'images'} carry each label.",
            "Where noise is one-sided, classes that others are taken for grow.",
        )
        figure.draw(noise_figures.counts(spec.to_json(), seen), key="class_counts")
