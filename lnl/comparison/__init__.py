"""Runs beside each other: what they share, where they differ, what each comes to. Plain values."""

from lnl.comparison.differing import Difference, differences, mismatches
from lnl.comparison.names import distinct, shared, titles
from lnl.comparison.results import COLUMNS, Column, Row, rows
from lnl.comparison.seeds import Seeds, by_seeds, grouped, named, one_each, scope, siblings
from lnl.comparison.tables import csv_table, latex_table, markdown_table
from lnl.findings.spread import Spread, spread

__all__ = [
    "COLUMNS",
    "Column",
    "Difference",
    "Row",
    "Seeds",
    "Spread",
    "by_seeds",
    "csv_table",
    "differences",
    "distinct",
    "grouped",
    "latex_table",
    "markdown_table",
    "mismatches",
    "named",
    "one_each",
    "rows",
    "scope",
    "shared",
    "siblings",
    "spread",
    "titles",
]
