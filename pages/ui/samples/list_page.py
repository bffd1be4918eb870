"""Which page of the list of samples is shown; the address holds one that was turned to.

Without a word in the address it is the page of the sample looked at, else the first.
"""

from __future__ import annotations

import streamlit as st

from lnl.samples.at_epoch import Ints

PER_PAGE = 24


def page_of(order: Ints, token: object, rank: int | None) -> Ints:
    """The places of ``order`` on that page; ``token`` says which list it is, ``rank`` the sample's.

    Another list is not shown at the page to which the former one was turned.
    """
    pages = max(1, -(-len(order) // PER_PAGE))
    listed = st.session_state.get("_listed")
    if listed is not None and listed[0] != token and listed[1] == _asked():
        forget()
    number = min(_asked() or _page(rank), pages)
    st.session_state["_listed"] = (token, _asked())
    _pagination(pages, number)
    return order[(number - 1) * PER_PAGE :][:PER_PAGE]


def _pagination(pages: int, number: int) -> None:
    """A page that is not the one chosen by hand is that of a new widget.

    A refresh that was under way brings the former one along, which must not count as a choice.
    """
    version = st.session_state.get("_list_version", 0)
    if st.session_state.get(f"list_{version}", number) != number:
        version += 1
        st.session_state["_list_version"] = version
    key = f"list_{version}"
    st.pagination(pages, default=number, key=key, on_change=_turned, args=(key,))


def _turned(key: str) -> None:
    st.query_params["list_page"] = str(st.session_state[key])


def stay(rank: int) -> None:
    """Keep the page on the screen though the sample of that rank is looked at no more."""
    if _asked() is None and _page(rank) > 1:
        st.query_params["list_page"] = str(_page(rank))


def forget() -> None:
    """Show the page that nobody turned to."""
    st.query_params.pop("list_page", None)


def _page(rank: int | None) -> int:
    return 1 if rank is None else rank // PER_PAGE + 1


def _asked() -> int | None:
    text = st.query_params.get("list_page", "")
    return (int(text) or None) if text.isascii() and text.isdigit() and len(text) <= 6 else None
