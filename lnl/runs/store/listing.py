"""Which runs a list shows, a page at a time: found, sorted and counted by SQLite."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from lnl.records import RunInfo, Status
from lnl.runs.store.database import Database
from lnl.runs.store.run_rows import readable

ORDERS = {
    "newest": "",  # the newest start first, within it as they were started
    "oldest": "created, rowid",
    "best": "best_accuracy IS NULL, best_accuracy DESC, created DESC, rowid DESC",
    "last": "last_accuracy IS NULL, last_accuracy DESC, created DESC, rowid DESC",
    "longest": "seconds DESC, created DESC, rowid DESC",
    "method": "method IS NULL, method, name_key, created, rowid",
    "name": "name_key, created, rowid",
}
# A start belongs to the page that its first run falls on, so that no page tears it apart.
_STARTS = """
    WITH starts AS (
        SELECT group_id AS start, count(*) AS size, max(created) AS newest
        FROM runs WHERE {condition} GROUP BY group_id
    ), counted AS (
        SELECT *, sum(size) OVER (ORDER BY newest DESC, start) - size AS before FROM starts
    ), paged AS (
        SELECT *, dense_rank() OVER (ORDER BY before / :rows) AS page FROM counted
    )
"""


@dataclass(frozen=True)
class Query:
    """What is asked for: runs in which every word of ``text`` occurs, in whatever case.

    In name, note, tags, method, data or id. Of any status if none is named.
    """

    text: str = ""
    statuses: tuple[Status, ...] = ()
    starred: bool = False
    order: str = "newest"

    def condition(self) -> tuple[str, dict[str, Any]]:
        """As SQL, with the values that it names."""
        parts, values = ["trashed IS NULL"], {}
        if self.statuses:
            parts.append("status IN (SELECT value FROM json_each(:statuses))")
            values["statuses"] = json.dumps(self.statuses)
        if self.starred:
            parts.append("starred")
        if words := self.text.casefold().split():
            missing = "SELECT 1 FROM json_each(:words) WHERE instr(search_text, value) = 0"
            parts.append(f"NOT EXISTS ({missing})")
            values["words"] = json.dumps(words)
        return " AND ".join(parts), values


@dataclass(frozen=True)
class Listed:
    """One page of a list."""

    count: int = 0  # runs on all pages
    pages: int = 0
    page: int = 0  # this one; the last one where a later one was asked for
    starts: list[list[RunInfo]] = field(default_factory=list)  # runs that stand together
    problems: list[str] = field(default_factory=list)  # why runs of this page are left out


def listed(database: Database, query: Query, page: int = 1, rows: int = 12) -> Listed:
    """A page of about ``rows`` runs."""
    condition, values = query.condition()
    values |= {"rows": rows}
    order = ORDERS[query.order]
    paged = _STARTS.format(condition=condition)
    with database.snapshot() as connection:
        if order:
            total = "SELECT count(*), (count(*) + :rows - 1) / :rows FROM runs WHERE " + condition
        else:
            total = paged + "SELECT sum(size), max(page) FROM paged"
        count, pages = connection.execute(total, values).fetchone()
        if not count:
            return Listed()
        page = min(max(page, 1), pages)
        if order:
            values["skip"] = (page - 1) * rows
            select = f"SELECT * FROM runs WHERE {condition} ORDER BY {order} LIMIT :rows"
            found = connection.execute(f"{select} OFFSET :skip", values).fetchall()
        else:
            select = f"{paged} SELECT runs.* FROM paged JOIN runs ON group_id = start"
            found = connection.execute(
                f"{select} WHERE page = :page AND {condition}"
                " ORDER BY newest DESC, start, created, runs.rowid",
                values | {"page": page},
            ).fetchall()
    runs, problems = readable(found)
    starts = [[run] for run in runs] if order else _together(runs)
    return Listed(count, pages, page, starts, problems)


def _together(runs: list[RunInfo]) -> list[list[RunInfo]]:
    return [list(start) for _, start in groupby(runs, key=lambda run: run.group)]
