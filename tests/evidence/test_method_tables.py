"""Published numbers by method: cells as printed, ours only where it is the same cell."""

from dataclasses import replace

import pytest

from lnl.evidence import method_tables
from lnl.evidence.measured_reproductions import Result
from lnl.evidence.published import cells


def test_rows_hold_the_printed_values():
    rows = [row for row in method_tables.rows("pmnar") if row.table == "PMNAR, Table 1"]
    found = {(row.dataset, row.noise, rate): value for row in rows for rate, value in row.published.items()}  # fmt: skip  # noqa: E501
    printed = {
        (cell.dataset, cell.noise, cell.rate): cell.value
        for cell in cells()
        if (cell.paper, cell.table, cell.method_id) == ("PMNAR", "1", "pmnar")
    }
    assert found == printed
    assert len(printed) == 12


def test_parts_of_fine_have_their_own_cells():
    methods = {name: {row.method for row in method_tables.rows(name)} for name in ("afmu", "nsnl")}
    assert all("AFMU" in name for name in methods["afmu"])
    assert methods["afmu"]
    assert all("NSNL" in name for name in methods["nsnl"])


def test_what_no_paper_printed_has_no_rows():
    assert method_tables.rows("ce-ar") == []


def test_ours_stands_beside_the_same_cell_only(monkeypatch):
    cell = next(c for c in cells() if c.method_id == "ce" and c.table == "5" and c.paper == "NLNL")
    trained = Result(
        *(cell.paper, cell.table, cell.dataset, cell.network, cell.noise, cell.rate, cell.rate),
        *(cell.method_id, cell.metric, cell.value, 70.0, 0, 20, None, "20 epochs", 1.0, "CPU", "2"),
    )
    longer = [replace(trained, ours=80.0, epochs=40, seed=s, schedule="40 epochs") for s in (0, 1)]
    other = replace(trained, network="another", ours=1.0)
    undefined = replace(longer[0], ours=None)
    monkeypatch.setattr(method_tables, "reproduced", lambda: [trained, *longer, undefined, other])
    rows = [row for row in method_tables.rows("ce") if row.ours]
    assert [(row.ours, row.schedule) for row in rows] == [({cell.rate: 80.0}, "40 epochs")]


def test_the_published_cost_is_hours_over_hours():
    assert method_tables.published_cost("pmnar") == pytest.approx(5.8 / 2.3)
    assert method_tables.published_cost("nl") is None
