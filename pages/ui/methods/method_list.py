"""All methods at a glance, those of one paper or of one idea together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from lnl.defaults import BASELINE
from pages.ui.methods import method_costs
from pages.ui.shell import address, parts

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard


def overview(cards: Mapping[str, MethodCard]) -> None:
    """A group after the other, a small card a method."""
    for group in catalogue.groups():
        st.subheader(group.name, anchor=False)
        st.caption(group.words)
        with st.grid(3, min_column_width=270):
            for card in sorted(cards.values(), key=lambda card: card.name != BASELINE):
                if card.group == group.name:
                    _small(card)


def _small(card: MethodCard) -> None:
    with st.container(border=True, height="stretch", key=f"method_{card.name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{parts.plain(card.title)}**", width="stretch")
            cost = method_costs.of(card.name)
            if cost is not None:
                st.caption(method_costs.times(cost), width="content")
        st.markdown(parts.plain(card.summary))
        st.button(
            "Open",
            key=f"open_{card.name}",
            type="tertiary",
            icon=":material/arrow_forward:",
            on_click=address.change,
            kwargs={"method": card.name, "pulls": ()},
        )
