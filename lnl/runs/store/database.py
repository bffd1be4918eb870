"""SQLite in WAL mode: many readers beside one writer, a connection per thread that is using it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lnl.errors import StoreError
from lnl.runs.store.migrations import migrate


class Database:
    """A pool of connections to one file; a page's script thread lives shorter than a connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        with self._connection() as connection:
            migrate(connection)

    def _open(self) -> sqlite3.Connection:
        # autocommit: every transaction below is begun by hand
        connection = sqlite3.connect(
            self.path, timeout=30, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or self._open()
            yield connection
        except sqlite3.Error as error:
            raise StoreError(
                f"the run store {self.path} cannot be used: {error}. "
                "Move it away to start a new one, or name another folder in LNL_CACHE"
            ) from error
        finally:
            if connection is not None:
                with self._lock:
                    self._idle.append(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for statements that do not belong together."""
        with self._connection() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection whose statements all see the same moment."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is seen, or none."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close all connections that nobody is using."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()


def insert(
    connection: sqlite3.Connection, table: str, row: Mapping[str, Any], *, replace: bool = False
) -> None:
    """Add a row; one of the same key is an error, or is replaced."""
    marks, kind = ", ".join("?" * len(row)), "INSERT OR REPLACE" if replace else "INSERT"
    connection.execute(
        f"{kind} INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
    )
