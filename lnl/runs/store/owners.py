"""Who trains a run: a process-wide lock that the system releases however the process ends.

A process id can be used again and a heartbeat can be late; a lock held by a dead process cannot be.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Owner:
    """Holds a lock file while it lives; its token is written to the runs it trains."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        host = re.sub(r"[^A-Za-z0-9]+", "-", socket.gethostname())[:40]
        self.token = f"{host}.{os.getpid()}.{secrets.token_hex(4)}"
        self._path = folder / f"{self.token}.lock"
        self._file = self._path.open("ab")
        _try_lock(self._file)

    def release(self) -> None:
        """Give up the lock; what is still named after this owner counts as interrupted."""
        self._file.close()
        with suppress(OSError):  # without its lock the file says nothing
            self._path.unlink(missing_ok=True)


def is_alive(folder: Path, token: str) -> bool:
    """Whether the owner of that token still holds its lock; cleans up after a dead one."""
    path = folder / f"{token}.lock"
    if not token or not path.exists():
        return False
    try:
        with path.open("ab") as file:
            if not _try_lock(file):
                return True
        path.unlink(missing_ok=True)
    except OSError:  # a store that is read-only here may be in use elsewhere
        return True
    return False


def process_of(token: str) -> str:
    """The process id within a token, in words."""
    parts = token.split(".")
    return f"process {parts[1]} on {parts[0]}" if len(parts) == 3 else "another process"
