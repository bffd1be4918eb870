"""The tables of a comparison: results, what was published, where the settings differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from lnl.comparison import (
    Group,
    Row,
    csv_table,
    differences,
    latex_table,
    markdown_table,
    named,
    one_each,
    ordered,
    rows,
)
from lnl.comparison.tables import PUBLISHED, published_lines, shown, signed, title, used
from lnl.findings.summary import RunSummary
from lnl.records import RunInfo
from lnl.report.page import table
from pages.ui.board import measured
from pages.ui.board.view import Key, View
from pages.ui.compare.overlay import Names, groups_of, names_of
from pages.ui.components import downloads
from pages.ui.components.sortable_table import Heading, sortable_table
from pages.ui.shell import address, knowledge
from pages.ui.shell.address import MOST_RUNS

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
BESIDE = (
    Heading(
        "published",
        "published (%)",
        "What the paper reports for this data, noise, network and method.",
    ),
    Heading(
        "difference",
        "difference",
        "Last test accuracy, or what the paper reports, minus the published number.",
    ),
)


def results(groups: Sequence[Group], view: View, report: Callable[[], None]) -> None:
    """A row per run, or per group of them; ``report`` draws one more way to take it along."""
    found = _sorted(view, groups)
    footnoted = _footnoted(found, groups)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(
            "Results",
            anchor=False,
            help="At the last evaluated epoch, or over all epochs, independent of the selected "
            "epoch. For groups: mean ± one standard deviation. Click a heading to sort, hover "
            "over it for its meaning.",
            width="stretch",
        )
        if not view.big:
            report()
            _take(found)
    _table(footnoted, "results")
    if footnoted != found:
        st.caption(knowledge.FOOTNOTE)
    if not view.big:
        measured.caption(view)
    _published(found)


def _footnoted(found: list[Row], groups: Sequence[Group]) -> list[Row]:
    """The rows; the name of a method that was told something of the noise has a sign."""
    told = {g.name for g in groups if any(knowledge.used_by(run.spec) for run in g.runs)}
    sign = f" {knowledge.SIGN}"
    return [replace(row, name=row.name + sign) if row.name in told else row for row in found]


def single_runs(groups: Sequence[Group], view: View) -> None:
    """The same numbers of each run of the groups, folded away."""
    if all(len(group.runs) == 1 for group in groups):
        return
    with st.expander(f"Single runs: {len(view.runs)}"):
        _table(_sorted(view, one_each(named(view.runs))), "single_runs")


def _sorted(view: View, groups: Sequence[Group]) -> list[Row]:
    return ordered(_rows(view.key, names_of(groups)), address.now().sort)


def _table(found: Sequence[Row], key: str) -> None:
    columns = used(found)
    beside = BESIDE if any(row.accuracy for row in found) else ()
    sortable_table(
        [
            Heading("run", "run", falls=False),
            *(Heading(c.title, title(c), c.help) for c in columns),
            *beside,
        ],
        [
            [
                row.name,
                *(shown(row.values[column.title], column.unit) for column in columns),
                *(_accuracy(row) if beside else []),
            ]
            for row in found
        ],
        address.now().sort,
        lambda sort: address.change(sort=sort),
        key,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _rows(key: Key, names: Names) -> list[Row]:
    view = View.of(key)
    seen = view.records()
    summaries = {r.info.id: RunSummary.of(r.info.id, r.info.data, r.records) for r in seen}
    return rows(groups_of(names, view), summaries)


def settings(runs: Sequence[RunInfo]) -> None:
    """Only what differs: a row per setting, or per run where there are many."""
    if len(runs) < 2:
        return
    found = differences(runs)
    st.subheader(
        "Where the settings differ",
        anchor=False,
        help="Settings that only one of the methods has are omitted: they go with the method.",
    )
    if not found:
        st.markdown("No differences: identical settings.")
    elif len(runs) <= MOST_RUNS:
        _draw(["setting", *(run.name for run in runs)], [[d.name, *d.values] for d in found])
    else:
        each = zip(runs, zip(*(d.values for d in found), strict=True), strict=True)
        _draw(["run", *(d.name for d in found)], [[run.name, *values] for run, values in each])


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
    helps = {"reproduced": "Our own training runs of that cell, stored in reproduction.csv."}
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
