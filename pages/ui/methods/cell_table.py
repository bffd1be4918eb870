"""``cell_table``: a table of numbers; some can be clicked, some have a smaller one under them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from pages.ui.components import numbered, scripts

HTML = """
<div class="lnl-cells" tabindex="-1">
  <table><thead><tr></tr></thead><tbody></tbody></table>
</div>
"""
CSS = """
.lnl-cells { overflow-x: auto; font: inherit; color: var(--st-text-color); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td {
  padding: 0.3rem 0.6rem; text-align: right; white-space: nowrap; vertical-align: top;
  border-bottom: 1px solid var(--st-border-color);
}
thead th { vertical-align: bottom; white-space: normal; max-width: 7rem; font-weight: 600; }
th:first-child {
  text-align: left; font-weight: 400; position: sticky; left: 0; z-index: 1;
  background: var(--st-background-color);
}
button {
  font: inherit; color: var(--st-link-color); background: none; border: 0; padding: 0;
  cursor: pointer;
}
button:hover { text-decoration: underline; }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
small { display: block; font-size: 0.8125rem; opacity: 0.75; }
"""

_table = st.components.v2.component(
    "lnl_cells",
    html=HTML,
    css=CSS,
    js=f"{scripts.text(scripts.__file__, 'numbered.js')}\n"
    f"{scripts.text(__file__, 'cell_table.js')}",
)


@dataclass(frozen=True)
class Number:
    """A cell; with an ``id`` it can be clicked."""

    text: str
    under: str = ""
    id: str = ""
    help: str = ""


def cell_table(
    head: Sequence[str],
    lines: Sequence[tuple[str, Sequence[Number | None]]],
    on_choice: Callable[[str], None],
    key: str,
) -> None:
    """Rows, a name first; ``on_choice`` is called with the id of the number that was clicked."""

    def chosen() -> None:
        found = numbered.heard(key, "chosen")
        if found:
            on_choice(str(found))

    data = {
        "head": list(head),
        "lines": [
            {"name": name, "cells": [asdict(cell) if cell else None for cell in cells]}
            for name, cells in lines
        ],
    }
    _table(key=key, data=data, on_chosen_change=chosen)
