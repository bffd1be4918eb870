"""Losses to play with: how each pulls at one sample, by what the network believes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue, charts
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import parts

if TYPE_CHECKING:
    from lnl.catalogue import Piece, Scene


CLASSES = (3, 5, 10, 20, 50, 100, 200)
OVERS = {"given": "given label", "complementary": "complementary label"}
AXES = {"given": "p of the given label", "complementary": "p of the complementary label"}
HOW = (
    "A loss moves the network by its gradient. Drawn on the right is the gradient at the output "
    "(logit) of the given label, its sign turned: above zero the label is made likelier, below "
    "zero less likely, and its size is how hard. All classes but the one on the axis share the "
    "rest of the probability evenly. Both are computed by the functions that train."
)
NEGATIVE = (
    "The complementary label is the class that NL says the image is not. NL pushes it down, and "
    "what it loses goes to all others: NL's pull on the given label grows evenly with p, and is "
    "the weaker, the more classes share it."
)


def loss_explorer(method: str = "") -> None:
    """The figure with what can be changed, beginning with the losses of a method."""
    parts.panel_head(
        "How the losses pull",
        "What one sample costs, and how hard it pulls its given label up, by how far the network "
        "believes that label. Before they are memorised, wrong labels lie at the left.",
        HOW,
    )
    pieces = {piece.name: piece for piece in catalogue.PIECES}
    names = _chosen(pieces, method)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        scene = _scene(names)
        relative = st.toggle(
            "Each pull by its largest",
            key="relative",
            bind="query-params",
            help="Draw every pull as a share of its own largest, to compare where each pulls most.",
        )
    figure.draw(_drawing(names, scene, relative), key="loss_explorer")
    if scene.over == "complementary":
        st.caption(NEGATIVE)
    else:
        st.markdown("\n".join(f"- **{pieces[n].title}** {pieces[n].told}" for n in names))


def _chosen(pieces: dict[str, Piece], method: str) -> tuple[str, ...]:
    first = catalogue.pieces_of(method)
    asked = st.pills(
        "Losses",
        list(pieces),
        default=list(first),
        selection_mode="multi",
        key=f"losses_{method}" if method else "losses",
        bind="query-params",
        format_func=lambda name: pieces[name].title,
    )
    return tuple(name for name in pieces if name in asked) or first


def _scene(names: tuple[str, ...]) -> Scene:
    """What can be changed; of the numbers those alone that a chosen loss has."""
    over = st.segmented_control(
        "Over the probability of the",
        list(OVERS),
        default="given",
        required=True,
        key="over",
        bind="query-params",
        format_func=lambda name: OVERS[name],
    )
    numbers: dict[str, float] = {}
    numbers["classes"] = st.select_slider(
        "Classes K", CLASSES, value=10, key="classes", bind="query-params", width=200
    )
    if "selpl" in names:
        numbers["threshold"] = _share("γ of SelPL", "gamma", "It keeps what is believed more.")
    if "rfl" in names:
        told = "How far bootstrapping trusts the given label: RFL lets it fall from 1 to 0."
        numbers["trust"] = _share("α of bootstrapping", "alpha", told)
    return catalogue.Scene(over=over, **numbers)


def _share(label: str, key: str, help: str) -> float:
    return st.slider(label, 0.0, 1.0, 0.5, 0.05, key=key, bind="query-params", help=help, width=200)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(names: tuple[str, ...], scene: Scene, relative: bool) -> Drawing:
    curves = catalogue.loss_curves(names, scene)
    cuts: dict[str, float] = {}
    if scene.over == "given":
        cuts |= {f"1/{scene.classes}": 1 / scene.classes} if "selnl" in names else {}
        cuts |= {f"γ {scene.threshold:g}": scene.threshold} if "selpl" in names else {}
    made = charts.pulls(curves, AXES[scene.over], cuts, relative)
    shown = ", ".join(curve.title for curve in curves)
    label = f"{shown}: loss of one sample and its pull on the given label, over {AXES[scene.over]}."
    return figure.prepared(made, "losses", label)
