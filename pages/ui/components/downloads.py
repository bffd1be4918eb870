"""Names of the files that a page offers: the page, what it is, the data, the methods.

Such as ``compare-results-digits-ce-selnlpl.csv``. Figures are made once for all viewers, and may
stand on several pages: so the page says what it is about, and files are named where they are drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import streamlit as st

from lnl.records import RunSpec

MOST = 3  # methods named
LONGEST = 120  # letters
_PAGE, _ABOUT = "_downloads_page", "_downloads_about"


def on_page(title: str) -> None:
    """First on each page: nothing is known yet of what it shows."""
    st.session_state[_PAGE], st.session_state[_ABOUT] = title, ()


def about(*words: str) -> None:
    """What all files of the page are about, such as a method."""
    st.session_state[_ABOUT] = words


def about_runs(specs: Iterable[RunSpec]) -> None:
    """The page shows these runs."""
    specs = list(specs)
    data = dict.fromkeys(spec.data_name for spec in specs)
    methods = list(dict.fromkeys(spec.method for spec in specs))
    more = len(methods) - MOST
    named = methods[:MOST] + [f"and-{more}-more"] * (more > 0)
    about(*data, *named)


def file_name(what: str, ending: str = "") -> str:
    """Of letters, digits and hyphens, so that it is a file on any system."""
    state = st.session_state
    words = (state.get(_PAGE, ""), what, *state.get(_ABOUT, ()))
    name = "-".join(filter(None, map(_safe, words)))[:LONGEST].strip("-")
    return f"{name}.{ending}" if ending else name


def _safe(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
