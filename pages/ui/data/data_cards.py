"""The data sets as cards: what each is, whether it is here, and a button that chooses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from pages.ui.forms import data_form, own_file
from pages.ui.shell import address, parts

if TYPE_CHECKING:
    from lnl.catalogue import DatasetCard


def cards() -> None:
    """All named data sets, those that are not on this machine folded; the chosen one is marked."""
    chosen = address.now().data
    here: list[DatasetCard] = []
    away: list[DatasetCard] = []
    for card in catalogue.datasets():
        (here if card.available else away).append(card)
    _grid(here, chosen)
    if away:
        with st.expander(f"{len(away)} data sets that are not on this machine"):
            _grid(away, chosen)


def _grid(cards: Sequence[DatasetCard], chosen: str) -> None:
    with st.grid(3, min_column_width=190):
        for card in cards:
            _card(card, card.name == chosen)


def card_of(dataset: str) -> DatasetCard:
    """The card of a named data set or of a user's own file."""
    return (
        own_file.card(dataset) if catalogue.is_read_at_once(dataset) else catalogue.dataset(dataset)
    )


def _card(card: DatasetCard, chosen: bool) -> None:
    with st.container(border=True, height="stretch", gap="xsmall", key=f"data_card_{card.name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                parts.plain(card.title),
                key=f"choose_{card.name}",
                icon=":material/check_circle:" if chosen else ":material/circle:",
                type="tertiary",
                on_click=data_form.choose,
                args=(card.name,),
                help=f"{data_form.words(card)}. {parts.plain(card.summary)}",
            )
            _badge(card)
            if card.own:
                _remove(card)
        st.caption(parts.plain(_first_sentence(card.summary)))
        if not card.available and card.obtain:
            st.caption(parts.plain(f"{card.obtain}."))


def _remove(card: DatasetCard) -> None:
    """The way out of the cache, with what it means."""
    with st.popover("", icon=":material/delete:", type="tertiary", key=f"remove_{card.name}"):
        st.markdown(
            f"Remove **{parts.plain(card.title)}** from the app? Your own files stay. Runs on "
            "these images can still be looked at, not resumed, until you import them again."
        )
        st.button(
            "Remove",
            key=f"removed_{card.name}",
            type="primary",
            on_click=_forget,
            args=(card.name,),
        )


def _forget(name: str) -> None:
    catalogue.own_images.forget_images(name)
    if address.now().data == name:
        data_form.choose(address.default("data"))


def _badge(card: DatasetCard) -> None:
    if card.own:
        st.badge("yours", icon=":material/person:", color="violet")
    elif card.embedded:
        st.badge("comes with the app", color="blue")
    elif card.available:
        st.badge("on this machine", icon=":material/check:", color="green")
    elif card.can_download:
        st.badge("not downloaded", icon=":material/download:", color="gray")
    else:
        st.badge("from its authors", icon=":material/link:", color="gray")


def _first_sentence(text: str) -> str:
    return text if "." not in text else text.split(". ")[0].rstrip(".") + "."
