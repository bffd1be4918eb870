"""Which page of the list of samples is shown; the address holds one that was turned to.

Without a word in the address it is the page of the sample looked at, else the first.
"""

from __future__ import annotations

import streamlit as st

from lnl.samples.at_epoch import Ints
from pages.ui.shell import address, controls
from pages.ui.shell.address import Address

PER_PAGE = 24


def page_of(order: Ints, token: object, rank: int | None) -> Ints:
    """The places of ``order`` on that page; ``token`` says which list it is, ``rank`` the sample's.

    Another list is not shown at the page to which the former one was turned.
    """
    here = address.now()
    listed = st.session_state.get("_listed")
    if listed is not None and listed[0] != token and listed[1] == here.list_page:
        here = here.but(list_page=None)
        address.write(here)
    st.session_state["_listed"] = (token, here.list_page)
    pages = max(1, -(-len(order) // PER_PAGE))
    number = controls.page(pages, "list_page", here.list_page or _page(rank))
    return order[(number - 1) * PER_PAGE :][:PER_PAGE]


def looking_at(here: Address, sample: int | None) -> Address:
    """Another sample, or all: the list turns to it by itself."""
    return here.but(sample=sample, list_page=None)


def leaving(here: Address, rank: int | None) -> Address:
    """Back to all samples; the page stays where the one of that rank was, unless turned by hand."""
    kept = here.list_page or (_page(rank) if _page(rank) > 1 else None)
    return here.but(sample=None, list_page=kept)


def _page(rank: int | None) -> int:
    return 1 if rank is None else rank // PER_PAGE + 1
