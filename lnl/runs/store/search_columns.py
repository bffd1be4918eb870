"""What lists search and sort runs by, as columns: SQLite folds no letter beyond a to z, and a
function of Python's within a query would wait for the interpreter's lock at every row.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

SOURCES = frozenset({"name", "note", "tags", "spec", "data"})  # columns that they are made from
_DIGITS = 12  # numbers are compared by value up to so many


def refresh(connection: sqlite3.Connection, run_id: str) -> None:
    """Write them anew; call it in the transaction that has changed one of the sources."""
    row = connection.execute(
        "SELECT id, name, note, tags, spec, data FROM runs WHERE id = ?", (run_id,)
    ).fetchone()
    connection.execute(
        "UPDATE runs SET search_text = ?, name_key = ? WHERE id = ?",
        (search_text(row), name_key(row["name"]), run_id),
    )


def search_text(row: sqlite3.Row) -> str:
    """What a search looks through: a line each for id, name, note, method, data and tags."""
    spec, data, tags = (_parsed(row[column]) for column in ("spec", "data", "tags"))
    said = [row["id"], row["name"], row["note"]]
    if isinstance(spec, dict):
        said += [spec.get(field) for field in ("method", "dataset", "noise")]
    if isinstance(data, dict):
        said.append(data.get("title"))
    if isinstance(tags, list):
        said += tags
    text = "\n".join(each for each in said if isinstance(each, str)).casefold()
    return text.encode(errors="replace").decode()  # a path may hold bytes that are no letters


def name_key(name: str) -> str:
    """A name as it is sorted: in any case, and "seed 9" before "seed 10"."""
    return re.sub(r"\d+", lambda number: number[0].zfill(_DIGITS), name.casefold())


def _parsed(stored: str) -> Any:
    """None for a damaged column: its run is still found by its name."""
    try:
        return json.loads(stored)
    except ValueError:
        return None
