"""The tables of long measurements: a line at once, so that they can be stopped and gone on with."""

import csv
from dataclasses import asdict, fields


def append(row, table):
    """One line, an instance of a dataclass; a column a field."""
    new = not table.exists()
    with table.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(row)], lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(asdict(row))
