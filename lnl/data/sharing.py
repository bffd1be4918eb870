"""What is costly to load is loaded once a process, and lives as long as someone uses it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from lnl.data.source import LabelledImages

T = TypeVar("T")
Stamp = tuple[str, int, int]


class Shared(Generic[T]):
    """Values by key: one each while it is in use; the last one asked for lives on.

    Who asks for a value that is being made waits for it; nobody waits for another value.
    """

    def __init__(self) -> None:
        self._alive: WeakValueDictionary[Hashable, T] = WeakValueDictionary()
        self._turns: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()  # locks, by key
        self._lock = threading.Lock()  # of the dictionaries
        self._last: T | None = None

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of that key, made if nobody has it; what ``make`` raises is not kept."""
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            value = self._alive.get(key)
            if value is None:
                self._last = None  # room for the new one
                value = self._alive[key] = make()
            self._last = value
        return value


def stamp(path: Path) -> Stamp:
    """A file counts as unchanged while path, size and time are. Raises OSError without one."""
    found = path.stat()
    return str(path.absolute()), found.st_size, found.st_mtime_ns


loaded: Shared[LabelledImages] = Shared()  # data sets before noise, of this process
