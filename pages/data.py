"""Data & noise: what is in the data, and which labels are wrong, before anything is trained."""

from dataclasses import replace

import streamlit as st

from lnl.errors import LnlError
from lnl.records import RunSpec
from pages.ui.data import data_cards, noise_views
from pages.ui.forms import data_form, own_file
from pages.ui.shell import address, frame, navigation, parts, state

HERE = "Data & noise"

frame.ensure()
parts.head(
    HERE,
    "Look at a data set, make some of its labels wrong, and see which: nothing is trained here. "
    "The address holds all that is chosen, so a link shows others the very same wrong labels.",
)


def look(spec: RunSpec) -> None:
    """The images and labels of the chosen data and noise, or what is missing."""
    card = data_cards.card_of(spec.dataset)
    if not card.available:
        data_form.absent(card)
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
        if st.button("Train on this", type="primary", icon=":material/play_arrow:", key="train_on"):
            navigation.go(frame.file_of("Watch"), address.now())
    with top:
        noise_views.images(spec, seen)
    with below:
        noise_views.matrix(seen, spec)
        noise_views.classes(seen, spec)


with st.spinner("Loading the data sets…"):
    state.wait_for_catalogue()
data_cards.cards()
with st.sidebar:
    st.header("Data and noise", anchor=False)
    chosen = data_form.data_and_noise(HERE)
if chosen:
    look(chosen)
else:
    parts.empty(
        "No data yet.",
        "Name or upload your own file in the panel on the left. " + own_file.LAYOUT,
    )
