"""The map of features: which samples the network holds to be alike."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lnl import charts
from lnl.charts import MapOptions, ProbePoints
from lnl.charts.probe_points import MOST_CLASSES
from lnl.errors import LnlError
from lnl.maps.layouts import SEED
from pages.ui.board import probe_maps, probe_samples, test_images
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.probe_maps import Stand
from pages.ui.board.view import Key, View
from pages.ui.components import figure, hover
from pages.ui.components.figure import Drawing
from pages.ui.shell import controls, in_view, live, parts, state

WARMING_UP = (
    ":material/hourglass_top: UMAP is starting: about ten seconds, first time only. "
    "Until then the maps use PCA, a simpler projection to two dimensions."
)
COLOURS = {
    "mislabelled": "Clean samples are blue dots, mislabelled ones vermilion crosses.",
    "given label": "What the data set says.",
    "true label": "What the image really shows.",
    "prediction": "What the network says now.",
    "confidence": "The probability that the network gives to the given label.",
    "cluster": "The group that the method has put the sample in.",
}


def draw(view: View, options: Options) -> None:
    """Options, then one map a run."""
    stands = tuple(probe_maps.stand(run, view.epoch) for run in view.runs)
    plain = tuple(replace(each, unseen=False) for each in stands)
    known = _known(plain, view.truth)
    if not known:
        st.info("No map yet: features of the samples are kept at the end of an epoch.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _options(known, view)
        tests = test_images.asked(stands)
    shown = stands if tests else plain
    known = _known(shown, view.truth)
    figure.draw(_drawing(view.key, shown, chosen), key="map")
    _caption(view, known)
    test_images.lacking(view, stands, tests)
    _progress(stands)
    fingerprints = tuple(dict.fromkeys(each.fingerprint for each in known))
    with_tests = tuple(dict.fromkeys(each.fingerprint for each in known if each.unseen))
    clicked = hover.samples_on_hover(
        probe_samples.payload(fingerprints, view.truth, with_tests), "map"
    )
    if clicked is not None:
        runs = (run.id for run in view.runs)
        in_view.open_samples(clicked.run, runs, view.epoch, sample=clicked.sample)


def _known(stands: tuple[Stand, ...], truth: bool) -> list[ProbePoints]:
    return [found for found in _points(stands, truth) if found is not None]


@st.cache_resource(max_entries=32, show_spinner=False)
def _points(stands: tuple[Stand, ...], truth: bool) -> list[ProbePoints | None]:
    return [_point(each, truth) for each in stands]


def _point(shown: Stand, truth: bool) -> ProbePoints | None:
    try:
        return probe_maps.points(shown, truth)
    except LnlError:  # damaged: its panel says that there is no map, the others are drawn
        return None


def _options(known: list[ProbePoints], view: View) -> MapOptions:
    offered = charts.colours(known)
    colour = controls.select(
        "Colour",
        {name: name for name in offered},
        "colour",
        default=offered[0],
        width=260,
        help="\n\n".join(f"**{each}**: {COLOURS[each]}" for each in offered),
    )
    names = view.runs[0].data.class_names
    chosen: tuple[int, ...] = ()
    if len(names) > MOST_CLASSES and colour in ("given label", "true label", "prediction"):
        chosen = controls.several(
            "Classes in colour",
            dict(enumerate(names)),
            "coloured",
            most=MOST_CLASSES,
            placeholder=f"the {MOST_CLASSES} most frequent",
            help=f"Of {len(names)} classes at most {MOST_CLASSES} can be told apart.",
        )
    return MapOptions(colour, chosen)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key, stands: tuple[Stand, ...], options: MapOptions) -> Drawing:
    view = View.of(key)
    made = charts.feature_maps(view.records(), _points(stands, view.truth), options)
    return figure.prepared(made, "feature-map", view.label("the features, as maps"), view.big)


def _caption(view: View, known: list[ProbePoints]) -> None:
    if view.big:
        return
    shown, of = len(known[0].given), view.runs[0].data.num_train
    many = f"{shown:,} of {of:,} samples" if shown < of else f"All {of:,} samples"
    st.caption(
        f"{many}, seed {SEED}. Near points are alike to the network; gaps between groups and their "
        "sizes mean little. Point at a sample to see it, click it for its history."
        f"{test_images.words(view, known)}"
    )
    parts.glyphs(view.runs)


def _progress(stands: tuple[Stand, ...]) -> None:
    """What is not there yet, and why."""
    waited = [each for each in stands if each.epoch and not each.made]
    maker = state.map_maker()
    refused = [maker.refused(each.run, each.epoch) for each in waited]
    for why in filter(None, refused):
        st.caption(f"PCA is shown, UMAP could not be used: {parts.plain(why)}")
    if not waited or all(refused):
        return
    if maker.state == "failed":
        st.caption(f"UMAP stopped, PCA is shown. {parts.plain(maker.why)}")
        st.button("Try UMAP again", key="map_again", on_click=maker.retry)
        return
    if maker.state != "ready":
        st.caption(WARMING_UP)
    live.await_more()


PANEL = Panel(
    "Map",
    "Map of the features",
    "Each point is a training sample; samples that the network finds alike lie near each other.",
    "What a network knows of an image stands in its features, a list of numbers before its last "
    "layer. A map brings them to two dimensions so that neighbours stay neighbours (UMAP). Where "
    "crosses lie among points of their true class, the network sees what they really show; where "
    "they gather with their given label, it has memorised them. Distances between groups, and "
    "how large a group is drawn, mean little.",
    draw,
    whole_row=True,
)
