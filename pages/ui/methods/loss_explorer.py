"""Losses to play with: how each pulls at one sample, by what the network believes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from lnl import catalogue, charts
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import controls, parts

if TYPE_CHECKING:
    from lnl.catalogue import Number, Piece, Scene


Over = Literal["given", "complementary"]
CLASSES = (3, 5, 10, 20, 50, 100, 200)
OVERS: dict[Over, str] = {"given": "given label", "complementary": "complementary label"}
AXES: dict[Over, str] = {
    "given": "p of the given label",
    "complementary": "p of the complementary label",
}
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
    pieces = catalogue.pieces()
    names = _chosen(pieces, method)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        scene = _scene([pieces[name] for name in names])
        relative = controls.toggle(
            "Each pull by its largest",
            "relative",
            help="Draw every pull as a share of its own largest, to compare where each pulls most.",
        )
    figure.draw(_drawing(names, scene, relative), key="loss_explorer")
    if scene.over == "complementary":
        st.caption(NEGATIVE)
    else:
        st.markdown("\n".join(f"- **{pieces[n].title}** {pieces[n].told}" for n in names))


def _chosen(pieces: Mapping[str, Piece], method: str) -> tuple[str, ...]:
    first = catalogue.pieces_of(method)
    titles = {piece.name: piece.title for piece in pieces.values()}
    return controls.pills("Losses", titles, "pulls", default=first) or first


def _scene(pieces: Sequence[Piece]) -> Scene:
    """What can be changed; of the numbers those alone that a chosen loss has."""
    over = controls.one_of("Over the probability of the", OVERS, "over")
    classes = controls.steps("Classes K", CLASSES, "classes", width=200)
    asked = {f"{piece.name}.{n.name}": n for piece in pieces for n in piece.numbers}
    return catalogue.Scene(classes, over, {at: _number(at, n) for at, n in asked.items()})


def _number(at: str, number: Number) -> float:
    return controls.slider(
        number.title,
        number.low,
        number.high,
        f"numbers.{at}",
        number.step,
        number.value,
        help=number.told,
        width=200,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(names: tuple[str, ...], scene: Scene, relative: bool) -> Drawing:
    curves = catalogue.loss_curves(names, scene)
    cuts = catalogue.loss_cuts(names, scene) if scene.over == "given" else {}
    made = charts.pulls(curves, AXES[scene.over], cuts, relative)
    shown = ", ".join(curve.title for curve in curves)
    label = f"{shown}: loss of one sample and its pull on the given label, over {AXES[scene.over]}."
    return figure.prepared(made, "losses", label)
