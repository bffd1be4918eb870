"""Data & noise: what is in the data, and which labels are wrong, before anything is trained."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui.components import downloads
from pages.ui.data import data_cards, dry_run, noise_views, own_images
from pages.ui.forms import data_form, method_picker, setup
from pages.ui.shell import address, frame, in_view, navigation, parts, state

HERE = "Data & noise"

frame.ensure()
parts.head(
    HERE,
    "Look at a data set, corrupt some labels and see which ones. The URL stores your choices, so a "
    "link shows others exactly the same wrong labels.",
)


def look(spec: RunSpec, planned: list[RunSpec]) -> None:
    """The images and labels of the chosen data and noise, or what is missing.

    ``planned`` are the runs of the set-up, which can be started on just these labels.
    """
    card = data_cards.card_of(spec.dataset)
    rate = f"{100 * spec.rate:g}" if spec.rate else ""
    downloads.about(spec.data_name, spec.noise, rate)
    if not card.available:
        data_form.absent(card)
        return
    if card.to_prepare:
        data_form.unprepared(card)
        return
    top, below = st.container(), st.container()
    try:
        if spec.noise == "matrix":
            names = noise_views.preview(replace(spec, noise="none", noise_options={})).class_names
            with below:
                rows = noise_views.edited(names)
            spec = replace(spec, noise_options=spec.noise_options | {"matrix": rows})
        seen = noise_views.preview(spec)
    except LnlError as error:
        parts.error_box(error)
        return
    with top, st.container(horizontal=True, vertical_alignment="bottom"):
        noise_views.numbers(seen, spec)
        train_on(spec, planned)
    with top:
        noise_views.images(spec, seen)
    with below:
        noise_views.matrix(seen, spec)
        noise_views.classes(seen, spec)


def train_on(spec: RunSpec, planned: list[RunSpec]) -> None:
    """The button that trains the chosen methods on what is shown, and opens Watch on their runs."""
    pressed = st.button(
        "Train on this",
        type="primary",
        icon=":material/play_arrow:",
        key="train_on",
        disabled=not planned,
        help="Trains the methods chosen in the panel on the left, on exactly these labels.",
    )
    if not pressed:
        return
    ids = setup.start([replace(run, noise_options=spec.noise_options) for run in planned])
    if ids is not None:
        watch(ids)


def watch(run_ids: Sequence[str]) -> None:
    """Open runs on Watch, with the set-up as it is here."""
    there = address.now().but(runs=tuple(run_ids)[: address.MOST_RUNS])
    navigation.go(frame.file_of("Watch"), in_view.chosen(there))


with st.spinner("Loading the data sets…"):
    state.wait_for_catalogue()
here = address.now()
own_images.card()
own = here.data == data_form.OWN and bool(here.file)
given = own and not catalogue.is_read_at_once(here.file.strip())
if given:
    dry_run.dry_run(here.file.strip())
data_cards.cards()
with st.sidebar:
    st.header("Data and noise", anchor=False)
    chosen = data_form.data_and_noise(HERE)
    if chosen:
        st.header("Training", anchor=False)
        planned = setup.runs(chosen, watch)
if chosen:
    look(chosen, planned)
elif not given:
    parts.empty("No data yet.", "Drop your images on the first card, or choose a data set.")
method_picker.show()
