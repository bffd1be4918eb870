"""Tables for a spreadsheet: names in any language stay readable, and no name acts as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # Excel reads UTF-8 as such by this mark alone


def csv_text(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV of UTF-8 with its mark at the beginning: read it with ``utf-8-sig``, or with pandas."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return BOM + file.getvalue()


def _harmless(value: object) -> object:
    """A class called "=1+1" must stay a name in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
