"""Which column of a table of vectors holds the labels, and the table with another one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from lnl.data.own.by_table import cells_of
from lnl.data.tables.of_csv import by_name, head_of, text_of, uses_of
from lnl.errors import BadInput

LABEL = "label"


def columns_of(path: Path) -> tuple[tuple[str, ...], str | None]:
    """The names of all columns, and of that of the labels; None: it has not been told apart.

    Raises BadInput, OSError or UnicodeDecodeError where there is no table.
    """
    header, rows = head_of(path)
    return tuple(header), uses_of(header, by_name(header, rows)).get("label")


def with_labels_from(path: Path, column: str) -> str:
    """The table with that column named ``label``; what held the labels before is left out.

    Raises BadInput for what is no table, and for a column that it has not.
    """
    header, rows = cells_of(path.name, text_of(path))
    if column not in header:
        raise BadInput(f"{path.name} has no column {column!r} any more")
    before = {uses_of(header, by_name(header, rows)).get("label"), LABEL} - {column}
    kept = [at for at, name in enumerate(header) if name not in before]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([LABEL if header[at] == column else header[at] for at in kept])
    writer.writerows([row[at] for at in kept] for row in rows)
    return text.getvalue()
