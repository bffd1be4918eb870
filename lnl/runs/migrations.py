"""Changes of the store's tables, one function each, never edited once shipped."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from lnl.errors import StoreError


def first_tables(connection: sqlite3.Connection) -> None:
    """Runs, their records, and where each epoch's arrays lie."""
    connection.execute(
        """CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            spec TEXT NOT NULL,
            data TEXT NOT NULL,
            stages TEXT NOT NULL,
            device TEXT NOT NULL,
            status TEXT NOT NULL,
            message TEXT NOT NULL DEFAULT '',
            wanted TEXT NOT NULL DEFAULT 'run',
            created REAL NOT NULL,
            group_id TEXT NOT NULL,
            owner TEXT NOT NULL DEFAULT '',  -- who trains it now: a lock in the folder "owners"
            heartbeat TEXT,
            last_epoch INTEGER NOT NULL DEFAULT 0,
            checkpoint_epoch INTEGER,        -- epoch of the newest checkpoint
            best_epoch INTEGER,              -- epoch of the best test accuracy
            best_accuracy REAL,
            trashed REAL,                    -- when it was deleted; can be undone until purged
            revision INTEGER NOT NULL DEFAULT 0
        )"""
    )
    connection.execute(
        """CREATE TABLE logs (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            layout TEXT NOT NULL,
            rows INTEGER NOT NULL,           -- that records name; the file may be longer by one
            last_epoch INTEGER NOT NULL,
            PRIMARY KEY (run_id, number)
        )"""
    )
    # the histograms are long and come last: whoever reads the columns before them skips their pages
    connection.execute(
        """CREATE TABLE records (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            log INTEGER,                     -- where the arrays lie, if any were kept
            row INTEGER,
            scalars TEXT NOT NULL,
            histograms TEXT NOT NULL,
            PRIMARY KEY (run_id, epoch)
        )"""
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (first_tables,)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing, in one transaction; ``user_version`` counts what was applied.

    Raises StoreError if the store was written by a newer version.
    """
    if _applied(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        applied = _applied(connection)  # another process may have been quicker
        if applied > len(MIGRATIONS):
            raise StoreError(
                f"the run store has format {applied}, this version reads up to {len(MIGRATIONS)}: "
                "update lnl, or name another folder in LNL_CACHE"
            )
        for change in MIGRATIONS[applied:]:
            change(connection)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _applied(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
