"""The tables of measurements that ship with the package: CSV, a line a dataclass."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from lnl.errors import BadInput

FOLDER = Path(__file__).parent / "tables"
IN_CHECKOUT = (Path(__file__).parents[2] / "pyproject.toml").is_file()

_READ: dict[str, Callable[[str], object]] = {
    "str": str,
    "int": int,
    "float": float,
    "int | None": lambda text: int(text) if text else None,
    "float | None": lambda text: float(text) if text else None,
    "bool": lambda text: text == "True",
}


def table_to_write(named: Path | None, shipped: Path) -> Path:
    """The named file, else the shipped table. Raises BadInput if that is an installed one."""
    if named is None and not IN_CHECKOUT:
        raise BadInput("an installed lnl leaves its own tables alone: name a file with --csv FILE")
    return named or shipped


def lines(table: Path) -> list[dict[str, str]]:
    """All lines, each by the names of the columns; none where there is no table."""
    if not table.exists():
        return []
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def fits(table: Path, kind: type[Any]) -> bool:
    """Whether rows of ``kind`` may be added: the file has their columns, or nothing yet."""
    if not table.exists():
        return True
    with table.open(newline="", encoding="utf-8", errors="replace") as file:
        head = next(csv.reader(file), None)
    return head is None or {f.name for f in fields(kind)} <= set(head)


def values(kind: type[Any], line: Mapping[str, str]) -> dict[str, Any]:
    """What a line holds for the fields of ``kind`` that are numbers, texts or yes and no."""
    return {f.name: _READ[f.type](line[f.name]) for f in fields(kind) if f.type in _READ}


def write(table: Path, kind: type[Any], rows: Iterable[Mapping[str, object]]) -> None:
    """Write the table anew, a column a field of ``kind``."""
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(kind)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
