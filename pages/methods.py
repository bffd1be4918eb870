"""Methods: what each one does, what it costs, what was published on it."""

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from pages.ui.methods import loss_explorer, method_card, method_list
from pages.ui.shell import controls, frame, parts

frame.ensure()
parts.head(
    "Methods",
    "Every method here learns from the same noisy labels; they differ in which labels they trust, "
    "and what they do with the others.",
)
with st.spinner("Loading the methods…"):
    cards = {card.name: card for card in catalogue.methods()}
titles = {"": "All methods"} | {name: card.title for name, card in cards.items()}
chosen = controls.select("Method", titles, "method", then=lambda here: here.but(pulls=()))
if not chosen:
    method_list.overview(cards)
    loss_explorer.loss_explorer()
else:
    try:
        method_card.card(cards[chosen])
    except LnlError as error:
        parts.error_box(error)
