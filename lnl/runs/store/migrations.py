"""Changes of the store's tables, one function each, never edited once shipped."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from lnl.errors import StoreError
from lnl.runs.store.search_columns import refresh


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


def notes_and_results(connection: sqlite3.Connection) -> None:
    """What people say of a run; and what it came to, so that a list of runs reads no records."""
    for column in (
        "note TEXT NOT NULL DEFAULT ''",
        "tags TEXT NOT NULL DEFAULT '[]'",
        "starred INTEGER NOT NULL DEFAULT 0",
        "last_accuracy REAL",  # test accuracy of the newest evaluated epoch
        "seconds REAL NOT NULL DEFAULT 0",  # of all its epochs
    ):
        connection.execute(f"ALTER TABLE runs ADD COLUMN {column}")
    connection.execute(
        """UPDATE runs SET
            last_accuracy = (
                SELECT json_extract(scalars, '$.test_accuracy') FROM records
                WHERE run_id = runs.id AND json_extract(scalars, '$.test_accuracy') IS NOT NULL
                ORDER BY epoch DESC LIMIT 1
            ),
            seconds = (
                SELECT total(json_extract(scalars, '$.seconds'))
                    + total(json_extract(scalars, '$.evaluation_seconds'))
                FROM records WHERE run_id = runs.id
            )"""
    )


def feature_maps(connection: sqlite3.Connection) -> None:
    """Maps of the probe's features, made beside training by whichever process was asked."""
    connection.execute(
        """CREATE TABLE maps (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            kind TEXT NOT NULL,
            kept REAL,                       -- share of neighbours that are neighbours on the map
            reach REAL NOT NULL,             -- largest coordinate
            places BLOB NOT NULL,            -- float16 [P, 2], little-endian
            PRIMARY KEY (run_id, epoch)
        )"""
    )


def lists(connection: sqlite3.Connection) -> None:
    """What a list of runs is searched, sorted and narrowed by, so that it reads one page of them.

    ``search_text`` and ``name_key`` are written with each run; the other columns are read from its
    spec, where that is not damaged, and take no room. They are bytes: a path need not be text.
    """
    connection.execute("ALTER TABLE runs ADD COLUMN search_text TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE runs ADD COLUMN name_key TEXT NOT NULL DEFAULT ''")
    for name, kind in (
        ("dataset", "BLOB"),
        ("method", "BLOB"),
        ("noise", "BLOB"),
        ("network", "BLOB"),
        ("rate", "REAL"),
    ):
        value = f"CAST(json_extract(spec, '$.{name}') AS {kind})"
        value = f"CASE WHEN json_valid(spec) THEN {value} END"
        connection.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind} AS ({value})")
    connection.execute("CREATE INDEX runs_by_time ON runs (trashed, created, group_id)")
    connection.execute("CREATE INDEX runs_of_start ON runs (group_id)")
    connection.execute("CREATE INDEX runs_by_status ON runs (status)")
    connection.execute("CREATE INDEX runs_alike ON runs (dataset, method)")
    for (run_id,) in connection.execute("SELECT id FROM runs").fetchall():
        refresh(connection, run_id)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    first_tables,
    notes_and_results,
    feature_maps,
    lists,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing, in one transaction; ``user_version`` counts what was applied.

    Raises StoreError if the store was written by a newer version.
    """
    applied = _applied(connection)
    if applied == len(MIGRATIONS):
        return
    if applied > len(MIGRATIONS):
        raise StoreError(
            f"the run store has format {applied}, this version reads up to {len(MIGRATIONS)}: "
            "update lnl, or name another folder in LNL_CACHE"
        )
    connection.execute("BEGIN IMMEDIATE")
    try:
        applied = _applied(connection)  # another process may have been quicker
        for change in MIGRATIONS[applied:]:
            change(connection)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _applied(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
