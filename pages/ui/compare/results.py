"""The tables of a comparison: results, what was published, where the settings differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lnl.comparison import (
    Row,
    Seeds,
    csv_table,
    differences,
    latex_table,
    markdown_table,
    rows,
)
from lnl.comparison.tables import PUBLISHED, published_lines, shown, signed, title, used
from lnl.findings.summary import RunSummary
from lnl.records import RunInfo
from lnl.report.page import table
from pages.ui.board.view import Key, View
from pages.ui.compare.overlay import Names, groups_of, names_of
from pages.ui.components import downloads

STYLE = """
<style>
  .lnl-table { overflow-x: auto; }
  .lnl-table table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  .lnl-table :is(th, td) { padding: 0.35rem 0.55rem; text-align: left; border: 0;
    border-bottom: 1px solid rgba(128, 136, 148, 0.35); }
  .lnl-table :is(th, td):first-child { min-width: 9rem; }
  .lnl-table .number { text-align: right; }
  .lnl-table td.number { white-space: nowrap; }
  .lnl-table th[title] { text-decoration: underline dotted; text-underline-offset: 0.2em;
    cursor: help; }
</style>
"""


def results(groups: Sequence[Seeds], view: View) -> None:
    """A row a run, or a setting; with ways to take the table along."""
    found = _rows(view.key, names_of(groups))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(
            "Results",
            anchor=False,
            help="At the last evaluated epoch, or over all, whatever epoch is looked at. Over "
            "seeds: mean ± one standard deviation. Hover over a heading for its meaning.",
            width="stretch",
        )
        if not view.big:
            _take(found)
    columns = used(found)
    beside = any(row.accuracy for row in found)
    head = ["run", *map(title, columns), *(["published (%)", "difference"] if beside else [])]
    helps = {title(column): column.help for column in columns}
    helps["published (%)"] = "What the paper prints for these data, noise, network and method."
    helps["difference"] = "Last test accuracy, or what the paper prints, minus the published."
    lines = [
        [
            row.name,
            *(shown(row.values[column.title], column.unit) for column in columns),
            *(_accuracy(row) if beside else []),
        ]
        for row in found
    ]
    _draw(head, lines, 1, helps)
    _published(found)


@st.cache_data(max_entries=64, show_spinner=False)
def _rows(key: Key, names: Names) -> list[Row]:
    view = View.of(key)
    seen = view.records()
    summaries = {r.info.id: RunSummary.of(r.info.id, r.info.data, r.records) for r in seen}
    return rows(groups_of(names, view), summaries)


def settings(runs: Sequence[RunInfo]) -> None:
    """Only what differs."""
    if len(runs) < 2:
        return
    found = differences(runs)
    st.subheader(
        "Where the settings differ",
        anchor=False,
        help="A setting that only one of the methods has is left out: it goes with the method.",
    )
    if found:
        _draw(["setting", *(run.name for run in runs)], [[d.name, *d.values] for d in found])
    else:
        st.markdown("In nothing: these runs were asked for the very same training.")


def _draw(
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    numbers_from: int = 99,
    helps: Mapping[str, str] | None = None,
) -> None:
    html = table(head, lines, numbers_from, helps or {})
    st.html(f"{STYLE}<div class='lnl-table'>{html}</div>")


def _accuracy(row: Row) -> list[str]:
    beside = row.accuracy
    if beside is None:
        return ["–", "–"]
    return [f"{beside.cell.value:.2f}", signed(beside.difference)]


def _published(found: Sequence[Row]) -> None:
    lines = published_lines(found)
    if not lines:
        return
    helps = {"reproduced": "Our own trainings of that cell, kept in reproduction.csv."}
    with st.expander(f"Published for the same data, noise, network and method: {len(lines)}"):
        st.caption("In percent. The papers train longer than a quick run does.")
        _draw(PUBLISHED, lines, 3, helps)


def _take(found: Sequence[Row]) -> None:
    st.download_button(
        "CSV",
        lambda: csv_table(found),
        downloads.file_name("results", "csv"),
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="results_csv",
    )
    with st.popover("Copy", icon=":material/content_copy:"):
        st.caption("Markdown")
        st.code(markdown_table(found), language="markdown")
        st.caption("LaTeX")
        st.code(latex_table(found), language="latex")
