"""Choices by name in the address: ``?data=digits``, where a bound widget would write its label.

What the address says counts when a page is entered, and when it changes by itself (Back, a link);
otherwise the widget does. Between pages a choice stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st


def select(label: str, titles: Mapping[str, str], key: str, default: str, **more: Any) -> str:
    """A selectbox over names, shown by their titles; an unknown name in the address is ignored."""
    asked = _asked(key)
    if asked is not None:
        st.session_state[key] = _name(asked, titles) or default
    if st.session_state.get(key, default) not in titles:  # another page knew more of them
        st.session_state[key] = default
    names = list(titles)
    chosen: str = st.selectbox(
        label,
        names,
        index=names.index(default),
        key=key,
        persist_state="session",
        format_func=lambda name: titles.get(name, name),
        **more,
    )
    _tell(key, chosen, default)
    return chosen


def multiselect(
    label: str, titles: Mapping[str, str], key: str, default: list[str], most: int, **more: Any
) -> list[str]:
    """As ``select``, for several: ``?methods=ce,nl``."""
    asked = _asked(key)
    if asked is not None:
        known = dict.fromkeys(_name(each, titles) for each in asked.split(","))
        st.session_state[key] = list(filter(None, known))[:most] or default
    chosen: list[str] = st.multiselect(
        label,
        list(titles),
        default=default,
        max_selections=most,
        key=key,
        persist_state="session",
        format_func=lambda name: titles.get(name, name),
        **more,
    )
    _tell(key, ",".join(chosen), ",".join(default))
    return chosen


def _name(asked: str, titles: Mapping[str, str]) -> str:
    """The name that is meant: by itself, or by its title; "" for anything else."""
    by_title = {title: name for name, title in titles.items()}
    return asked if asked in titles else by_title.get(asked, "")


def _asked(key: str) -> str | None:
    """What the address says anew; "" if it no longer says anything, None if nothing is new."""
    path = urlsplit(st.context.url or "").path
    if st.session_state.get("_address_of") != path:
        st.session_state["_address_of"], st.session_state["_address"] = path, {}
    written = st.session_state["_address"]
    now = ",".join(st.query_params.get_all(key)) or None
    if key not in written:
        return now
    return None if now == written[key] else now or ""


def _tell(key: str, text: str, default: str) -> None:
    if text == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != text:
        st.query_params[key] = text
    st.session_state["_address"][key] = st.query_params.get(key)
