"""``sortable_table``: a table whose headings can be clicked; who calls it sorts the rows.

``st.dataframe`` sorts by itself, but text: "9.1 ± 0.2" would come after "10.3". And what it draws
is a picture on which nothing can be selected, and which the address cannot hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.ui.components import numbered, scripts

HTML = """
<div class="lnl-sortable" tabindex="-1">
  <table><thead><tr></tr></thead><tbody></tbody></table>
</div>
"""
CSS = """
.lnl-sortable { overflow-x: auto; font: inherit; color: var(--st-text-color); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td {
  padding: 0.35rem 0.55rem; text-align: right; border-bottom: 1px solid var(--st-border-color);
}
td { white-space: nowrap; }
.lnl-part th { font-weight: 600; padding-top: 1rem; }
:is(th, td):first-child {
  text-align: left; white-space: normal; min-width: 9rem;
  position: sticky; left: 0; z-index: 1; background: var(--st-background-color);
}
th button {
  font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0;
  text-align: inherit; cursor: pointer; position: relative;
}
th button[title] { text-decoration: underline dotted; text-underline-offset: 0.2em; }
th button:hover { color: var(--st-primary-color); }
th button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
th button::before { content: "\\2193"; position: absolute; right: 100%; visibility: hidden; }
th:first-child button::before { right: auto; left: calc(100% + 0.25rem); }
th[aria-sort=descending] button::before { visibility: visible; }
th[aria-sort=ascending] button::before { content: "\\2191"; visibility: visible; }
"""

_table = st.components.v2.component(
    "lnl_table", html=HTML, css=CSS, js=scripts.text(__file__, "numbered.js", "sortable_table.js")
)


@dataclass(frozen=True)
class Heading:
    """A column: by ``name`` it is sorted, the first time from the highest down if it ``falls``."""

    name: str
    title: str
    help: str = ""
    falls: bool = True


def sortable_table(
    headings: Sequence[Heading],
    lines: Sequence[Sequence[str] | str],
    sort: str,
    on_sort: Callable[[str], None],
    key: str,
) -> None:
    """Rows of texts, a name first; ``on_sort`` is called with the order that a click asks for.

    A line that is one text heads those after it.
    An order is a column's name, "-best" from the highest down, "" the order in which rows come.
    """
    by_name = {heading.name: heading for heading in headings}
    data = {
        "head": [
            {"name": h.name, "title": h.title, "help": h.help, "sorted": _sorted(h.name, sort)}
            for h in headings
        ],
        "lines": [line if isinstance(line, str) else list(line) for line in lines],
    }

    def clicked() -> None:
        heading = by_name.get(str(numbered.heard(key, "sorted")))
        if heading:
            on_sort(following(heading, sort))

    _table(key=key, data=data, on_sorted_change=clicked)


def following(heading: Heading, sort: str) -> str:
    """The order after one more click on a heading: one way, the other way, none."""
    up, down = heading.name, f"-{heading.name}"
    ways = (down, up, "") if heading.falls else (up, down, "")
    return ways[(ways.index(sort) + 1) % 3] if sort in ways[:2] else ways[0]


def _sorted(name: str, sort: str) -> str:
    if sort.removeprefix("-") != name:
        return "none"
    return "descending" if sort.startswith("-") else "ascending"
