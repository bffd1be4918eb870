"""All methods at a glance, family by family: found by typing, opened or chosen by a click.

One component, and not sixty boxes with a button: it is there at once, and typing waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from lnl import catalogue
from lnl.defaults import BASELINE
from lnl.evidence import measured_costs
from pages.ui.components import numbered, scripts
from pages.ui.shell import knowledge
from pages.ui.shell.address import Address

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard

HTML = """
<div class="lnl-index">
  <div class="lnl-search">
    <input type="search" placeholder="Find a method, an idea, an author or a year"
      aria-label="Find a method">
    <output aria-live="polite"></output>
  </div>
  <div class="lnl-families"></div>
</div>
"""
CSS = """
.lnl-index { font: inherit; color: var(--st-text-color); }
.lnl-search { display: flex; align-items: center; gap: 1rem; }
.lnl-search input {
  font: inherit; color: inherit; flex: 1; max-width: 28rem; min-width: 0; padding: 0.45rem 0.75rem;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius);
}
.lnl-index :is(input, a):focus-visible {
  outline: 2px solid var(--st-primary-color); outline-offset: 1px;
}
.lnl-index output { opacity: 0.75; white-space: nowrap; }
.lnl-index h2 { font-size: 1.25rem; font-weight: 600; margin: 1.5rem 0 0; padding: 0; }
.lnl-index h2 + p { margin: 0.125rem 0 0.75rem; opacity: 0.75; }
.lnl-cards {
  display: grid; gap: 0.75rem;
  grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr));
}
.lnl-cards a {
  display: flex; flex-direction: column; gap: 0.375rem; padding: 0.75rem 1rem; color: inherit;
  text-decoration: none; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius);
}
.lnl-cards a:hover { border-color: var(--st-primary-color); }
.lnl-cards a[aria-checked=true] {
  border-color: var(--st-primary-color); box-shadow: inset 3px 0 var(--st-primary-color);
}
.lnl-cards a[role=checkbox] strong::before { content: "☐ "; }
.lnl-cards a[aria-checked=true] strong::before { content: "☑ "; }
.lnl-cards a:hover strong { color: var(--st-primary-color); }
.lnl-title { display: flex; justify-content: space-between; gap: 0.5rem; }
.lnl-title span, .lnl-facts { font-size: 0.875rem; opacity: 0.75; }
.lnl-title span { white-space: nowrap; }
.lnl-facts { margin-top: auto; display: flex; flex-wrap: wrap; gap: 0.125rem 0.75rem; }
.lnl-uses { color: var(--st-orange-text-color, inherit); }
.lnl-facts:has(.lnl-uses) { opacity: 1; }
.lnl-index [hidden] { display: none !important; }
"""

_index = st.components.v2.component(
    "lnl_method_index",
    html=HTML,
    css=CSS,
    isolate_styles=False,  # in a dialog, Tab passes over what stands in a shadow
    js=f"{scripts.text(scripts.__file__, 'numbered.js')}\n"
    f"{scripts.text(__file__, 'method_index.js')}",
)


def method_index(
    cards: Mapping[str, MethodCard],
    on_click: Callable[[str], None],
    key: str,
    chosen: Collection[str] | None = None,
) -> None:
    """A family after the other, each with its idea; ``on_click`` is called with a method's name.

    With ``chosen`` the cards are boxes to be ticked, those of these names are.
    """

    def clicked() -> None:
        name = numbered.heard(key, "clicked")
        if name in cards:
            on_click(name)

    data = {"families": families(cards), "chosen": None if chosen is None else list(chosen)}
    _index(key=key, data=data, on_clicked_change=clicked)


def families(cards: Mapping[str, MethodCard]) -> list[dict[str, object]]:
    """What the browser is told: families with their methods, the plain baseline first."""
    ordered = sorted(cards.values(), key=lambda card: card.name != BASELINE)
    return [
        {
            "name": group.name,
            "words": group.words,
            "methods": [_described(card) for card in ordered if card.group == group.name],
        }
        for group in catalogue.groups()
    ]


def _described(card: MethodCard) -> dict[str, object]:
    return {
        "name": card.name,
        "title": card.title,
        "summary": card.summary,
        "source": card.source,
        "parts": " ".join(card.parts),
        "link": f"?{urlencode(Address(method=card.name).query())}",
        "cost": _costs().get(card.name, ""),
        "networks": f"{card.networks} networks" if card.networks > 1 else "",
        "uses": knowledge.uses(card),
        "instead": knowledge.instead(card),
    }


@st.cache_data(ttl=60, show_spinner=False)
def _costs() -> dict[str, str]:
    return {name: cost.times for name, cost in measured_costs.newest().items()}
