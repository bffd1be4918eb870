"""``spoken``: words for a screen reader, told once each time they change."""

from __future__ import annotations

import streamlit as st

_spoken = st.components.v2.component(
    "lnl_spoken",
    html="<div></div>",
    css="""
div { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; }
""",
    js="""
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector("div");
  place.setAttribute("aria-live", "polite"); // the sanitiser takes it out of the HTML
  if (place.textContent !== data.words) place.textContent = data.words;
}
""",
)


def spoken(words: str, key: str) -> None:
    """Nothing is seen of them."""
    _spoken(key=f"spoken_{key}", data={"words": words})
