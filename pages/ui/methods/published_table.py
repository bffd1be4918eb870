"""Published numbers of a method, a column a noise rate, with ours under them."""

from __future__ import annotations

import streamlit as st

from lnl.evidence import method_tables
from lnl.evidence.method_tables import Row
from pages.ui.shell import parts

NOISE = {
    "clean": "none",
    "symm": "symmetric",
    "symm-exc": "symmetric, true class excluded",
    "symm-inc": "symmetric, true class included",
    "asymm": "asymmetric",
    "asymm-map": "asymmetric, by a map",
    "asymm-superclass": "within super-classes",
    "asymm-next": "next class",
}


def show(method: str) -> None:
    """The table; a sentence where nothing was published."""
    parts.panel_head(
        "Published numbers",
        "In percent, as printed; a column is a noise rate.",
        "A row that says *our own run* is our training of the same cell, on the same data, noise "
        "and network, by `python -m lnl reproduce`; its schedule may be shorter.",
    )
    rows = _rows(method)
    if not rows:
        st.caption("None of the four papers prints a number for it alone.")
        return
    data = list(dict.fromkeys(row.dataset for row in rows))
    chosen = st.pills(
        "Data",
        data,
        default=data[0],
        required=True,
        key=f"published_{method}",
        label_visibility="collapsed",
    )
    shown = [row for row in rows if row.dataset == chosen]
    rates = sorted({rate for row in shown for rate in row.published})
    st.dataframe(
        [line for row in shown for line in _lines(row, rates)], hide_index=True, height="content"
    )
    schedules = {row.schedule for row in shown if row.schedule}
    if schedules:
        st.caption(f"Ours: {parts.plain('; '.join(sorted(schedules)))}.")


@st.cache_data(ttl=60, show_spinner=False)
def _rows(method: str) -> list[Row]:
    return method_tables.rows(method)


def _lines(row: Row, rates: list[float]) -> list[dict[str, str]]:
    head = {
        "source": row.table,
        "noise": NOISE.get(row.noise, row.noise),
        "network": row.network,
        "what": row.metric,
    }
    lines = [{"method": row.method, **head, **_cells(row.published, rates)}]
    if row.ours:
        lines.append({"method": "our own run", **head, **_cells(row.ours, rates)})
    return lines


def _cells(values: dict[float, float], rates: list[float]) -> dict[str, str]:
    return {f"{rate:.0%}": f"{values[rate]:.2f}" if rate in values else "" for rate in rates}
