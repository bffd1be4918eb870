"""Methods: what each one does, what it costs, what was published on it."""

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from pages.ui.forms import method_index
from pages.ui.methods import loss_explorer, method_card, on_digits, published_page
from pages.ui.shell import address, controls, frame, parts

SHELVES = {
    "": "Methods",
    "digits": "Measured on digits",
    "tables": "Published tables",
    "losses": "Losses",
}


def open_method(name: str) -> None:
    """Its card, in place of the list."""
    address.change(method=name, pulls=())


frame.ensure()
with st.spinner("Loading the methods…"):
    cards = {card.name: card for card in catalogue.methods()}
chosen = address.now().method
if chosen in cards:
    st.button(
        "All methods",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all_methods",
        on_click=address.change,
        kwargs={"method": ""},
    )
    try:
        method_card.card(cards[chosen])
    except LnlError as error:
        parts.error_box(error)
else:
    parts.head(
        "Methods",
        "Every method here learns from the same noisy labels; they differ in which labels they "
        "trust, and what they do with the others.",
    )
    shelf = controls.one_of("Shown", SHELVES, "shelf", label_visibility="collapsed")
    if shelf == "tables":
        published_page.published_page()
    elif shelf == "digits":
        on_digits.on_digits(cards)
    elif shelf == "losses":
        loss_explorer.loss_explorer()
    else:
        method_index.method_index(cards, open_method, "method_index")
        st.caption(
            "A cost such as 2.0 × CE is that of an epoch, its evaluation included, beside one of "
            "cross entropy on the same data and network; methods without one are not measured yet."
        )
