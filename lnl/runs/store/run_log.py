"""What happened to a run, in words: ``log.txt`` in its folder, for a run that ended oddly.

Each change of its status, what was prepared, its stages, warnings, the traceback of a failure.
"""

from __future__ import annotations

import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

MOST = 200_000  # bytes of a log; beyond it only failures are added
LONGEST = 20_000  # letters of an entry; of a longer one the end is kept

_here = threading.local()
_shown_before = warnings.showwarning


class RunLog:
    """Entries with their time. Writing never fails: a run goes on without its log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def text(self) -> str:
        """All of it; empty where nothing is kept."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def say(self, text: str) -> None:
        """Add an entry, unless the log is full."""
        try:
            full = self.path.stat().st_size >= MOST
        except OSError:
            full = False
        if not full:
            self._add(text)

    def failed(self) -> None:
        """Add the traceback of the exception that is being handled."""
        self._add(traceback.format_exc())

    def _add(self, text: str) -> None:
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(f"{now} {text.rstrip()[-LONGEST:]}\n")

    @contextmanager
    def hearing_warnings(self) -> Iterator[None]:
        """Python's warnings of this thread are added too; they are shown as ever besides."""
        _listen()
        _here.log = self
        try:
            yield
        finally:
            _here.log = None


def _listen() -> None:
    global _shown_before
    if warnings.showwarning is not _heard:
        _shown_before, warnings.showwarning = warnings.showwarning, _heard


def _heard(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log: RunLog | None = getattr(_here, "log", None)
    if log is not None:
        log.say(f"{category.__name__}: {message} ({Path(filename).name}, line {lineno})")
    _shown_before(message, category, filename, lineno, file, line)
