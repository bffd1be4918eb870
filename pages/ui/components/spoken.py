"""``spoken``: words for a screen reader, told once each time they change."""

from __future__ import annotations

import streamlit as st

_spoken = st.components.v2.component(
    "lnl_spoken",
    html="<div></div>",
    js="""
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector("div");
  place.setAttribute("aria-live", "polite"); // the sanitiser takes it out of the HTML
  if (place.textContent !== data.words) place.textContent = data.words;
}
""",
)


def spoken(words: str, key: str) -> None:
    """Nothing is seen of them, and they take no place."""
    _spoken(key=f"unseen_{key}", data={"words": words})
