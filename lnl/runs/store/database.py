"""SQLite in WAL mode: many readers beside one writer, a connection per thread that is using it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from lnl.errors import StoreError, Unwritable
from lnl.runs.store.migrations import migrate
from lnl.unwritable import why_unwritable


class Database:
    """A pool of connections to one file; a page's script thread lives shorter than a connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            with self._connection() as connection:
                migrate(connection)
        except Unwritable as error:
            if not path.exists():
                raise
            raise Unwritable(
                f"the run store is of an older version and cannot be brought up to date: {error}"
            ) from error

    def _open(self) -> tuple[sqlite3.Connection, bool]:
        """A connection, and whether it can write.

        One that cannot is made for each use: the disk may have room again, or new epochs.
        """
        try:
            return self._connect("mode=rwc"), True
        except sqlite3.Error as error:
            if not why_unwritable(error, self.path.parent):
                raise
            for how in self._read_only():
                with suppress(sqlite3.Error):
                    return self._connect(how), False
            raise

    def _read_only(self) -> Iterator[str]:
        yield "mode=ro"
        # "immutable" needs no shared memory beside the file, and does not see what is still in the
        # write-ahead log: the newest epochs, unless the log is empty
        log = self.path.with_name(f"{self.path.name}-wal")
        if not log.exists() or not log.stat().st_size:
            yield "mode=ro&immutable=1"

    def _connect(self, how: str) -> sqlite3.Connection:
        # autocommit: every transaction below is begun by hand
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?{how}",
            uri=True,
            timeout=30,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        try:
            if how == "mode=rwc":
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA user_version").fetchone()  # can it be read at all?
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        writable = True
        try:
            if connection is None:
                connection, writable = self._open()
            yield connection
        except sqlite3.Error as error:
            told = self._told(error)
            writable = not isinstance(told, Unwritable)
            raise told from error
        finally:
            if connection is not None and writable:
                with self._lock:
                    self._idle.append(connection)
            elif connection is not None:
                connection.close()

    def _told(self, error: sqlite3.Error) -> StoreError:
        reason = why_unwritable(error, self.path.parent)
        if reason:
            return Unwritable(reason)
        return StoreError(
            f"the run store {self.path} cannot be used: {error}. "
            "Move it away to start a new one, or name another folder in LNL_CACHE"
        )

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
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk ends it by itself
                    connection.execute("ROLLBACK")
                raise

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
