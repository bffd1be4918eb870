"""Choices by name in the address: ``?data=digits``, where a bound widget would write its label.

What the address says counts when a page is entered, and when it changes by itself (Back, a link);
otherwise the widget does. Between pages a choice stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st


def select(label: str, titles: Mapping[str, str], key: str, default: str, **more: Any) -> str:
    """A selectbox over names, shown by their titles; an unknown name in the address is ignored."""
    asked = _asked(key)
    if asked is not None:
        st.session_state[key] = _name(asked, titles) or default
    if st.session_state.get(key) not in titles:  # none yet, or another page knew more of them
        st.session_state[key] = default
    chosen: str = st.selectbox(
        label,
        list(titles),
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
        st.session_state[key] = _names(asked, titles)[:most] or default
    st.session_state.setdefault(key, default)
    chosen: list[str] = st.multiselect(
        label,
        list(titles),
        max_selections=most,
        key=key,
        persist_state="session",
        format_func=lambda name: titles.get(name, name),
        **more,
    )
    _tell(key, ",".join(chosen), ",".join(default))
    return chosen


def spell(key: str, names: Sequence[str]) -> None:
    """Before a bound widget of several ``names`` is first drawn: the address as that reads it.

    So ``?panels=detection,map`` becomes ``?panels=Detection&panels=Map``.
    """
    asked = st.query_params.get_all(key)
    meant = _names(",".join(asked), dict.fromkeys(names, ""))
    if key not in st.session_state and meant and meant != asked:
        st.query_params[key] = meant
        st.rerun()


def _names(asked: str, titles: Mapping[str, str]) -> list[str]:
    known = dict.fromkeys(_name(each, titles) for each in asked.split(","))
    return list(filter(None, known))


def _name(asked: str, titles: Mapping[str, str]) -> str:
    """The name that is meant: by itself, or by its title, in any case; "" for anything else."""
    by_title = {title.casefold(): name for name, title in titles.items() if title}
    by_name = {name.casefold(): name for name in titles}
    return (by_title | by_name).get(asked.casefold(), "")


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
