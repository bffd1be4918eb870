"""Runs that are looked for: by id, by kind, by status, the newest. No page reads all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, get_args

from lnl.records import RunInfo, RunSpec, Status
from lnl.runs.store.run_rows import readable
from lnl.runs.store.run_table import RunTable

ALIVE: tuple[Status, ...] = ("queued", "running", "paused")
ENDED: tuple[Status, ...] = tuple(status for status in get_args(Status) if status not in ALIVE)


class RunQueries(RunTable):
    """Questions about many runs that SQLite answers; damaged and deleted runs are left out."""

    def found(self, run_ids: Sequence[str]) -> list[RunInfo]:
        """Those of the ids that are in the store and not deleted, in the same order."""
        marks = ", ".join("?" * len(run_ids))
        by_id = {run.id: run for run in self._select(f"id IN ({marks})", *run_ids)}
        return [by_id[run_id] for run_id in run_ids if run_id in by_id]

    def newest(self, limit: int, *, besides: str = "", **same: str) -> list[RunInfo]:
        """The newest runs, the newest first; none of the start ``besides``.

        ``same``: only those whose dataset, method or network is this.
        """
        alike = "".join(f" AND {column} = ?" for column in same)
        return self._select(
            f"group_id != ?{alike} ORDER BY created DESC, rowid DESC LIMIT ?",
            *(besides, *map(_bytes, same.values()), limit),
        )

    def started_with(self, group: str, limit: int) -> list[RunInfo]:
        """The runs of one start, as they were started."""
        return self._select("group_id = ? ORDER BY created, rowid LIMIT ?", group, limit)

    def alike(self, specs: Iterable[RunSpec]) -> list[RunInfo]:
        """Runs with the method, data set, noise and rate of any of these; the newest first."""
        kinds = {
            (_bytes(spec.dataset), _bytes(spec.method), _bytes(spec.noise), spec.rate)
            for spec in specs
        }
        same = (
            "dataset = ? AND method = ? AND noise = ? AND abs(rate - ?) < 1e-9"
            " ORDER BY created DESC, rowid DESC"
        )
        return [run for kind in sorted(kinds) for run in self._select(same, *kind)]

    def count(self, *, besides: str = "") -> int:
        """How many there are, without those of the start ``besides``."""
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT count(*) FROM runs WHERE trashed IS NULL AND group_id != ?", (besides,)
            )
            return int(found.fetchone()[0])

    def alive(self) -> list[RunInfo]:
        """Runs that wait, train or rest, the newest first."""
        return self._select(f"status IN {ALIVE} ORDER BY created DESC, rowid DESC")

    def ids_of(self, statuses: Collection[Status], *, trashed: bool = False) -> list[str]:
        """Ids of all runs of these statuses, or of the deleted ones among them."""
        marks = ", ".join("?" * len(statuses))
        where = f"trashed IS {'NOT NULL' if trashed else 'NULL'} AND status IN ({marks})"
        return self._column(f"id FROM runs WHERE {where}", *statuses)

    def tags(self) -> list[str]:
        """All that runs have, sorted."""
        tags = "json_each(CASE WHEN json_valid(tags) THEN tags ELSE '[]' END)"
        return self._column(f"DISTINCT value FROM runs, {tags} WHERE trashed IS NULL ORDER BY 1")

    def datasets(self) -> list[str]:
        """What runs were trained on, deleted ones included."""
        found = self._column("DISTINCT dataset FROM runs WHERE dataset IS NOT NULL")
        return [dataset.decode(errors="surrogatepass") for dataset in found]

    def is_empty(self) -> bool:
        """Whether there is no run at all, not even a deleted or a damaged one."""
        return not self._column("id FROM runs LIMIT 1")

    def deleted(self, limit: int) -> list[RunInfo]:
        """Runs in the trash, those deleted last first."""
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM runs WHERE trashed IS NOT NULL ORDER BY trashed DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return readable(rows)[0]

    def _column(self, query: str, *values: object) -> list[Any]:
        with self.database.reading() as connection:
            return [row[0] for row in connection.execute(f"SELECT {query}", values)]

    def _select(self, condition: str, *values: object) -> list[RunInfo]:
        with self.database.reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM runs WHERE trashed IS NULL AND {condition}", values
            ).fetchall()
        return readable(rows)[0]


def _bytes(text: str) -> bytes:
    """As the columns that are read from a spec have it."""
    return text.encode(errors="surrogatepass")
