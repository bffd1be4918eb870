"""Runs beside each other: what they share, where they differ, what each comes to. Plain values."""

from lnl.comparison.differing import Difference, differences, differing_within, mismatches
from lnl.comparison.groups import (
    By,
    Group,
    by_seeds,
    grouped,
    methods_differ,
    named,
    one_each,
    scope,
)
from lnl.comparison.names import distinct, shared, titles
from lnl.comparison.results import COLUMNS, Column, Row, ordered, rows
from lnl.comparison.seeds import siblings
from lnl.comparison.tables import csv_table, latex_table, markdown_table
from lnl.findings.spread import Spread, spread

__all__ = [
    "COLUMNS",
    "By",
    "Column",
    "Difference",
    "Group",
    "Row",
    "Spread",
    "by_seeds",
    "csv_table",
    "differences",
    "differing_within",
    "distinct",
    "grouped",
    "latex_table",
    "markdown_table",
    "methods_differ",
    "mismatches",
    "named",
    "one_each",
    "ordered",
    "rows",
    "scope",
    "shared",
    "siblings",
    "spread",
    "titles",
]
